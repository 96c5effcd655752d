package dev.tidemark.coordinator.simulation;

import java.util.ArrayList;
import java.util.List;

/** The last events of a world, formatted only when somebody asks. */
final class EventLog {
    private final int kept;
    private final Object[] parts;
    private final long[] times;
    private int count;

    EventLog(int kept) {
        this.kept = kept;
        parts = new Object[3 * kept];
        times = new long[kept];
    }

    void add(long nanos, Object who, Object what, Object detail) {
        int at = count++ % kept;
        times[at] = nanos;
        parts[3 * at] = who;
        parts[3 * at + 1] = what;
        parts[3 * at + 2] = detail;
    }

    List<String> last() {
        List<String> lines = new ArrayList<>();
        for (int i = Math.max(0, count - kept); i < count; i++) {
            int at = i % kept;
            lines.add(String.format(
                    "%8d %12.3f s  %-14s %s %s",
                    i, times[at] / 1e9, parts[3 * at], parts[3 * at + 1], text(parts[3 * at + 2])));
        }
        return lines;
    }

    private static String text(Object detail) {
        if (detail == null) {
            return "";
        }
        if (detail instanceof Object[] arguments) {
            return java.util.Arrays.deepToString(arguments);
        }
        return String.valueOf(detail);
    }
}
