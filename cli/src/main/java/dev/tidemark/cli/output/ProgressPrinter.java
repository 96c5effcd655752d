package dev.tidemark.cli.output;

import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.time.MonotonicClock;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far an operation has got: on a terminal one line that is drawn again and again, with a bar, rate and estimated
 * time; elsewhere plain lines, at most one every few seconds within a step, so that a log stays readable. What is shown never
 * goes backwards within a step. Thread-safe.
 */
public final class ProgressPrinter implements OperationListener {
    private static final Duration TERMINAL_INTERVAL = Duration.ofMillis(100);
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(5);
    private static final int BAR_WIDTH = 24;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream target;
    private final Style style;
    private final MonotonicClock clock;

    private long stepStartedNanos;
    private long lastDrawnNanos;
    private long shownDoneBytes;
    private long shownDoneItems;
    private int shownPercent;
    private boolean isLineOpen;

    /** Creates a printer. */
    public ProgressPrinter(PrintStream target, Style style, MonotonicClock clock) {
        this.target = target;
        this.style = style;
        this.clock = clock;
    }

    @Override
    public synchronized void operationStarted(String operationId, String type, String namespace, boolean isResumed) {
        line(type + " '" + operationId + "' of namespace '" + namespace + "' " + (isResumed ? "goes on" : "begins"));
    }

    @Override
    public synchronized void stepStarted(String operationId, String step) {
        stepStartedNanos = clock.nanoTime();
        lastDrawnNanos = stepStartedNanos;
        shownDoneBytes = 0;
        shownDoneItems = 0;
        shownPercent = 0;
        if (style == Style.TERMINAL) {
            draw("  " + step + " ...");
        }
    }

    @Override
    public synchronized void progress(
            String operationId, String step, long doneBytes, long totalBytes, long doneItems) {
        shownDoneBytes = Math.max(shownDoneBytes, doneBytes);
        shownDoneItems = Math.max(shownDoneItems, doneItems);
        long now = clock.nanoTime();
        Duration interval = style == Style.TERMINAL ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
        if (now - lastDrawnNanos < interval.toNanos()) {
            return;
        }
        lastDrawnNanos = now;
        String text = describe(step, totalBytes, now);
        if (style == Style.TERMINAL) {
            draw(text);
        } else {
            line(text);
        }
    }

    @Override
    public synchronized void stepFinished(String operationId, String step) {
        Duration elapsed = Duration.ofNanos(clock.nanoTime() - stepStartedNanos);
        String amount = "";
        if (shownDoneBytes > 0) {
            amount = ", " + HumanFormat.bytes(shownDoneBytes);
        } else if (shownDoneItems > 0) {
            amount = ", " + HumanFormat.count(shownDoneItems);
        }
        line("  " + step + ": done in " + HumanFormat.duration(elapsed) + amount);
    }

    @Override
    public synchronized void note(String operationId, String message) {
        line("  note: " + message);
    }

    /** Ends a line that is being drawn, so that what follows begins on a new one. */
    public synchronized void finish() {
        if (isLineOpen) {
            target.print(ERASE_LINE);
            target.flush();
            isLineOpen = false;
        }
    }

    private String describe(String step, long totalBytes, long now) {
        double seconds = Math.max(1e-3, (now - stepStartedNanos) / 1e9);
        if (totalBytes <= 0) {
            return "  " + step + "  "
                    + (shownDoneBytes > 0 ? HumanFormat.bytes(shownDoneBytes) : HumanFormat.count(shownDoneItems))
                    + "  " + HumanFormat.duration(Duration.ofMillis((long) (seconds * 1000)));
        }
        long done = Math.min(shownDoneBytes, totalBytes);
        shownPercent = Math.max(shownPercent, (int) (100.0 * done / totalBytes));
        double rate = done / seconds;
        String left = rate <= 0
                ? "?"
                : HumanFormat.duration(Duration.ofMillis((long) Math.min(1e13, (totalBytes - done) / rate * 1000)));
        return "  " + step + "  " + bar() + String.format(Locale.ROOT, "%3d %%  ", shownPercent)
                + HumanFormat.bytes(done) + " of " + HumanFormat.bytes(totalBytes) + "  " + HumanFormat.rate(rate)
                + "  ETA " + left;
    }

    private String bar() {
        if (style == Style.PLAIN) {
            return "";
        }
        int full = shownPercent * BAR_WIDTH / 100;
        return "[" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "] ";
    }

    private void draw(String text) {
        target.print(ERASE_LINE + printable(text));
        target.flush();
        isLineOpen = true;
    }

    private void line(String text) {
        finish();
        target.println(printable(text));
        target.flush();
    }

    /** Names and messages may come from an archive that somebody else wrote: no control sequence reaches the terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** Where the lines go. */
    public enum Style {
        /** One line that is drawn again. */
        TERMINAL,
        /** Lines that stay. */
        PLAIN
    }
}
