package dev.tidemark.coordinator.hook;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the end of what a program prints, and counts the rest. Not thread-safe. */
final class BoundedOutput {
    /** Bytes that are read at a time at most. */
    static final int MAX_PIECE = 8 * 1024;

    /** Bytes that are read before somebody looks at the clock again, at most. */
    static final int MAX_READ = 1024 * 1024;

    /** Bytes that are kept. */
    static final int MAX_KEPT = 16 * 1024;

    private byte[] kept = new byte[0];
    private long dropped;

    void add(byte[] bytes) {
        int all = kept.length + bytes.length;
        byte[] joined = Arrays.copyOf(kept, all);
        System.arraycopy(bytes, 0, joined, kept.length, bytes.length);
        int surplus = Math.max(0, all - MAX_KEPT);
        dropped += surplus;
        kept = Arrays.copyOfRange(joined, surplus, all);
    }

    /** Returns what was kept. */
    String text() {
        String text = new String(kept, StandardCharsets.UTF_8).strip();
        return dropped == 0 ? text : "(" + dropped + " bytes left out) " + text;
    }
}
