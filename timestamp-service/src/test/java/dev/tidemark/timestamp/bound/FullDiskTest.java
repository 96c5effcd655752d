package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An oracle whose disk is full stops before it could issue what nobody would know of after a restart. */
class FullDiskTest {
    private static final int WINDOW = 1_000_000;
    private static final int BATCH = 10_000;

    @TempDir
    private Path directory;

    /** A write of a bound has four steps: each slot is written, and forced. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void freshTimestamps_diskFullInAnyStepOfAWrite_stopsAndIssuesNothingTwice(int stepsLeft) {
        FullDisk disk = new FullDisk();
        long last = 0;
        try (TimestampOracles oracles = oracles(FileBoundStore.open(directory, disk))) {
            TimestampOracle oracle = oracles.create("orders");
            last = oracle.freshTimestamps(BATCH).upper();
            disk.fillAfter(stepsLeft);
            TimestampException refusal = null;
            for (int i = 0; i < 2 * WINDOW / BATCH && refusal == null; i++) {
                try {
                    last = oracle.freshTimestamps(BATCH).upper();
                } catch (TimestampException e) {
                    refusal = e;
                }
            }

            assertThat(last).as("the window that was persisted is issued").isEqualTo(WINDOW);
            assertThat(refusal).isNotNull();
            assertThat(refusal.code()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(refusal.hint()).contains("Make room");
            disk.fillAfter(Integer.MAX_VALUE);
            assertThat(isRefused(oracle)).as("stopped until a restart").isTrue();
        }
        try (TimestampOracles oracles = oracles(FileBoundStore.open(directory, disk))) {
            assertThat(oracles.get("orders").freshTimestamp()).isGreaterThan(last);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void fastForward_diskFullInAnyStep_isNotAcknowledgedAndNothingIsIssuedAnyMore(int stepsLeft) {
        FullDisk disk = new FullDisk();
        long before;
        try (TimestampOracles oracles = oracles(FileBoundStore.open(directory, disk))) {
            TimestampOracle oracle = oracles.create("orders");
            before = oracle.freshTimestamp();
            disk.fillAfter(stepsLeft);

            assertThat(isRefused(() -> oracle.fastForward(7L * WINDOW))).isTrue();
            assertThat(isRefused(oracle)).isTrue();
        }
        disk.fillAfter(Integer.MAX_VALUE);
        try (TimestampOracles oracles = oracles(FileBoundStore.open(directory, disk))) {
            assertThat(oracles.get("orders").freshTimestamp()).isGreaterThan(before);
        }
    }

    private static boolean isRefused(TimestampOracle oracle) {
        return isRefused(oracle::freshTimestamp);
    }

    private static boolean isRefused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
            return true;
        }
    }

    private static TimestampOracles oracles(BoundStore store) {
        return new TimestampOracles(store, OracleSettings.defaults(), () -> 0);
    }

    /** Files that can be written and forced so many times until the disk is full. */
    private static final class FullDisk implements BlockFile.Opener {
        private int stepsLeft = Integer.MAX_VALUE;

        void fillAfter(int steps) {
            stepsLeft = steps;
        }

        @Override
        public BlockFile open(Path file) throws IOException {
            BlockFile opened = BlockFile.Opener.system().open(file);
            return new BlockFile() {
                @Override
                public long size() throws IOException {
                    return opened.size();
                }

                @Override
                public byte[] read(long position, int length) throws IOException {
                    return opened.read(position, length);
                }

                @Override
                public void write(long position, byte[] bytes) throws IOException {
                    count();
                    opened.write(position, bytes);
                }

                @Override
                public void force() throws IOException {
                    count();
                    opened.force();
                }

                @Override
                public void close() throws IOException {
                    opened.close();
                }
            };
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            BlockFile.Opener.system().forceDirectory(directory);
        }

        private void count() throws IOException {
            if (stepsLeft <= 0) {
                throw new IOException("No space left on device");
            }
            stepsLeft--;
        }
    }
}
