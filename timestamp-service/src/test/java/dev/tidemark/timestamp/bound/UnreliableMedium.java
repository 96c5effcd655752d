package dev.tidemark.timestamp.bound;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A file whose unforced writes can be lost in part, and whose operations can fail from some point on. */
final class UnreliableMedium implements BlockFile {
    private byte[] durable;
    private final List<Unforced> unforced = new ArrayList<>();
    private int changesLeft = Integer.MAX_VALUE;
    private String failure = "input/output error";

    UnreliableMedium(byte[] durable) {
        this.durable = durable.clone();
    }

    byte[] durable() {
        return durable.clone();
    }

    void failAfter(int changes) {
        changesLeft = changes;
    }

    /** The process that wrote is gone, the system is not: what was not forced can be read and can still be lost. */
    void reviveAfterDeathOfTheWriter() {
        changesLeft = Integer.MAX_VALUE;
    }

    void failWith(String message) {
        failure = message;
        changesLeft = 0;
    }

    void flip(int bit) {
        durable[bit / 8] ^= (byte) (1 << (bit % 8));
    }

    /** Keeps the head or the tail of each unforced write and loses the rest; from here on the file works again. */
    void cutPower(int keptBytes, boolean keepsHead) {
        for (Unforced write : unforced) {
            int length = Math.min(keptBytes, write.bytes.length);
            int from = keepsHead ? 0 : write.bytes.length - length;
            apply(write.position + from, Arrays.copyOfRange(write.bytes, from, from + length));
        }
        unforced.clear();
        changesLeft = Integer.MAX_VALUE;
    }

    @Override
    public long size() {
        return current().length;
    }

    @Override
    public byte[] read(long position, int length) {
        byte[] bytes = current();
        int from = (int) Math.min(position, bytes.length);
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length));
    }

    @Override
    public void write(long position, byte[] bytes) throws IOException {
        // The write during which the process dies may have reached the medium.
        unforced.add(new Unforced(position, bytes.clone()));
        count();
    }

    @Override
    public void force() throws IOException {
        count();
        unforced.forEach(write -> apply(write.position, write.bytes));
        unforced.clear();
    }

    @Override
    public void close() {}

    private void count() throws IOException {
        if (changesLeft <= 0) {
            throw new IOException(failure);
        }
        changesLeft--;
    }

    private byte[] current() {
        UnreliableMedium copy = new UnreliableMedium(durable);
        unforced.forEach(write -> copy.apply(write.position, write.bytes));
        return copy.durable;
    }

    private void apply(long position, byte[] bytes) {
        int end = (int) position + bytes.length;
        durable = end > durable.length ? Arrays.copyOf(durable, end) : durable;
        System.arraycopy(bytes, 0, durable, (int) position, bytes.length);
    }

    private static final class Unforced {
        private final long position;
        private final byte[] bytes;

        private Unforced(long position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }
    }
}
