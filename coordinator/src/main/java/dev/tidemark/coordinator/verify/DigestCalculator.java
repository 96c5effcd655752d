package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transaction.VisibleCells;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Computes the {@link StateDigest} of stores from their visible cells.
 *
 * <p>A cell counts as SHA-256 over: length of the table's name as 4 bytes big-endian, the name in UTF-8, and in the same way
 * row, column and value. Version timestamps do not count: the digest is of what a reader sees. The sum of these numbers
 * modulo 2^256 depends neither on order nor on how the work is cut, so tables and ranges of rows are read in parallel. It
 * finds every accidental difference; it is no defence against somebody who can choose the contents of cells.
 *
 * <p>Streams; not thread-safe, uses the workers it is given.
 */
final class DigestCalculator {
    private static final int RANGES_PER_TABLE = 16;
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
    private static final int PROGRESS_INTERVAL = 10_000;

    private final ParallelWork work;
    private final LongAdder cells = new LongAdder();
    private BigInteger sum = BigInteger.ZERO;

    DigestCalculator(ParallelWork work) {
        this.work = work;
    }

    /**
     * Adds the visible cells of one store.
     *
     * @param visible the cells of the store at the digest's timestamp
     * @param tables the store's tables; internal ones are left out
     * @param progress is told the number of cells so far
     */
    void add(VisibleCells visible, Collection<TableName> tables, Progress progress) {
        List<Slice> slices = new ArrayList<>();
        for (TableName table : tables) {
            if (!table.isInternal()) {
                slices.addAll(slicesOf(table));
            }
        }
        work.run(slices, slice -> addSlice(visible, slice, progress));
    }

    /** Returns the digest of everything that was added. */
    synchronized StateDigest digest(long timestamp) {
        byte[] bytes = sum.toByteArray();
        byte[] padded = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
        return new StateDigest(timestamp, cells.sum(), HexFormat.of().formatHex(padded));
    }

    private static List<Slice> slicesOf(TableName table) {
        List<Slice> slices = new ArrayList<>();
        for (int i = 0; i < RANGES_PER_TABLE; i++) {
            Bytes start = i == 0 ? Bytes.EMPTY : Bytes.wrap(new byte[] {(byte) (i * 256 / RANGES_PER_TABLE)});
            Bytes end = i + 1 == RANGES_PER_TABLE
                    ? null
                    : Bytes.wrap(new byte[] {(byte) ((i + 1) * 256 / RANGES_PER_TABLE)});
            slices.add(new Slice(table, CellRange.rows(start, end)));
        }
        return slices;
    }

    private void addSlice(VisibleCells visible, Slice slice, Progress progress) {
        MessageDigest sha256 = sha256();
        byte[] table = slice.table.name().getBytes(StandardCharsets.UTF_8);
        BigInteger sliceSum = BigInteger.ZERO;
        long count = 0;
        try (CloseableIterator<CellVersion> iterator = visible.scan(slice.table, slice.range)) {
            while (iterator.hasNext()) {
                CellVersion cell = iterator.next();
                update(sha256, ByteBuffer.wrap(table));
                update(sha256, cell.cell().row().toBuffer());
                update(sha256, cell.cell().column().toBuffer());
                update(sha256, cell.value().toBuffer());
                sliceSum = sliceSum.add(new BigInteger(1, sha256.digest()));
                if (++count % PROGRESS_INTERVAL == 0) {
                    cells.add(PROGRESS_INTERVAL);
                    progress.digested(cells.sum());
                }
            }
        }
        cells.add(count % PROGRESS_INTERVAL);
        addSum(sliceSum);
        progress.digested(cells.sum());
    }

    private synchronized void addSum(BigInteger sliceSum) {
        sum = sum.add(sliceSum).mod(MODULUS);
    }

    private static void update(MessageDigest sha256, ByteBuffer part) {
        sha256.update(
                ByteBuffer.allocate(Integer.BYTES).putInt(part.remaining()).flip());
        sha256.update(part);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private record Slice(TableName table, CellRange range) {}

    /** Is told how far the digest has got; called from the workers. */
    @FunctionalInterface
    interface Progress {
        /** Receives the number of visible cells so far. */
        void digested(long cells);
    }
}
