package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.SecretReader;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.MonotonicClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with tokens. It is looked at when somebody asks, at most every 2 s, and read again when its content has changed. One that
 * can't be used changes nothing but what {@link #problem} says: whoever breaks the file locks nobody out, and whoever sees the health
 * check knows that a token that was taken out is still let in. Thread-safe.
 */
final class TokenFile {
    static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);

    private final Path file;
    private final UnaryOperator<List<TokenEntry>> check;
    private final MonotonicClock clock;
    private final AtomicBoolean isReading = new AtomicBoolean();

    /** Changed by whoever has set {@link #isReading}. */
    private volatile State state;

    private volatile long checkedAtNanos;

    private TokenFile(Path file, UnaryOperator<List<TokenEntry>> check, MonotonicClock clock) {
        this.file = file;
        this.check = check;
        this.clock = clock;
        this.state = read();
        this.checkedAtNanos = clock.nanoTime();
    }

    /**
     * Reads the file for the first time.
     *
     * @param check refuses entries that do not go together, with {@link IllegalArgumentException}
     * @throws TidemarkException when the file can't be used
     */
    static TokenFile open(Path file, UnaryOperator<List<TokenEntry>> check, MonotonicClock clock) {
        return new TokenFile(file, check, clock);
    }

    /** Returns the entries of the newest content that could be used. */
    List<TokenEntry> entries() {
        if (clock.nanoTime() - checkedAtNanos >= CHECK_INTERVAL.toNanos() && isReading.compareAndSet(false, true)) {
            try {
                look();
            } finally {
                checkedAtNanos = clock.nanoTime();
                isReading.set(false);
            }
        }
        return state.entries();
    }

    /** Returns why the file as it is can't be used; the empty string when it is in use. */
    String problem() {
        entries();
        return state.problem();
    }

    private void look() {
        State before = state;
        try {
            State read = read();
            state = read;
            if (!read.text().equals(before.text())) {
                LOG.info(
                        "token file '{}' was read again: {} tokens",
                        file,
                        read.entries().size());
            }
        } catch (TidemarkException e) {
            state = new State(before.text(), before.entries(), e.getMessage() + "; HINT: " + e.hint());
            if (!state.problem().equals(before.problem())) {
                LOG.error("token file '{}' can't be used, its earlier tokens stay valid: {}", file, e.getMessage());
            }
        }
    }

    private State read() {
        State before = state;
        String text = SecretReader.privateText("token", file);
        if (before != null && before.text().equals(text)) {
            return new State(text, before.entries(), "");
        }
        Content content = new ConfigurationReader().parse(file, text, Content.class);
        try {
            return new State(text, check.apply(content.tokens()), "");
        } catch (IllegalArgumentException e) {
            throw Tokens.invalid("'" + file + "': " + e.getMessage());
        }
    }

    private record State(String text, List<TokenEntry> entries, String problem) {}

    /** The content of the file. */
    record Content(List<TokenEntry> tokens) {
        Content {
            Names.requirePresent("tokens", tokens);
            tokens = List.copyOf(tokens);
        }
    }
}
