package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.Bytes;

/**
 * What was last done to a version on a replica.
 *
 * @param value the bytes, or null when the version was deleted
 * @param sequence number of the write in the store; the greatest wins
 */
record Write(Bytes value, long sequence) {
    boolean isDeletion() {
        return value == null;
    }

    static Write latest(Write one, Write other) {
        return one.sequence >= other.sequence ? one : other;
    }
}
