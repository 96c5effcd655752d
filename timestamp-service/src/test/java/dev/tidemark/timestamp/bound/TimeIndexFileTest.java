package dev.tidemark.timestamp.bound;

import static dev.tidemark.timestamp.bound.BoundStoreContract.point;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A time index file that was torn, damaged, or left in the middle of something: what is read is never wrong, only less. */
class TimeIndexFileTest {
    private static final int SIZE = TimeIndexRecord.SIZE_BYTES;
    private static final List<IssuedPoint> POINTS = List.of(point(1, 10), point(2, 20), point(3, 30), point(4, 40));

    @TempDir
    private Path directory;

    @Test
    void read_tornAtEachLength_hasTheWholeRecordsAndTakesMore() throws IOException {
        byte[] whole = encode("orders", POINTS);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(path(), Arrays.copyOf(whole, length));
            List<IssuedPoint> left = POINTS.subList(0, length / SIZE);

            assertThat(file().read(0, 10)).as("length " + length).isEqualTo(left);
            file().add(point(9, 90));

            List<IssuedPoint> expected = new ArrayList<>(left);
            expected.add(point(9, 90));
            assertThat(file().read(0, 10)).as("length " + length).isEqualTo(expected);
            assertThat(Files.size(path())).isEqualTo((long) expected.size() * SIZE);
        }
    }

    @Test
    void read_everySingleBitFlip_losesThatRecordAlone() throws IOException {
        byte[] whole = encode("orders", POINTS);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(path(), flipped);
            List<IssuedPoint> expected = new ArrayList<>(POINTS);
            expected.remove(bit / 8 / SIZE);

            assertThat(file().read(0, 10)).as("bit " + bit).isEqualTo(expected);
        }
    }

    @Test
    void read_fileOfAnotherNamespace_isEmpty() throws IOException {
        Files.write(path(), encode("stock", POINTS));

        assertThat(file().last()).isEmpty();
        assertThat(file().read(0, 10)).isEmpty();
    }

    @Test
    void read_recordsThatDoNotFollow_arePassedOver() throws IOException {
        Files.write(
                path(), encode("orders", List.of(point(1, 10), point(5, 10), point(0, 20), point(2, 9), point(2, 30))));

        assertThat(file().read(0, 10)).containsExactly(point(1, 10), point(2, 30));
    }

    @Test
    void add_zerosAtTheEnd_areNotInTheWay() throws IOException {
        Files.write(path(), Arrays.copyOf(encode("orders", POINTS), 10 * SIZE + 5));

        file().add(point(5, 50));

        List<IssuedPoint> expected = new ArrayList<>(POINTS);
        expected.add(point(5, 50));
        assertThat(file().read(0, 10)).isEqualTo(expected);
        assertThat(file().last()).contains(point(5, 50));
    }

    @Test
    void add_manyPoints_thinsTheFileAndKeepsItsSizeBounded() throws IOException {
        int count = TimeIndexLevels.FINE_POINTS + TimeIndexLevels.SLACK_POINTS;
        List<IssuedPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            points.add(point(i, i + 1L));
        }
        Files.write(path(), encode("orders", points));
        Files.write(path().resolveSibling("time-index.new"), new byte[] {1, 2, 3});
        TimeIndexFile file = file();

        file.add(point(count, count + 1L));

        points.add(point(count, count + 1L));
        List<IssuedPoint> thinned = TimeIndexLevels.thin(points);
        assertThat(thinned).hasSizeLessThan(count - 19_000);
        assertThat(file.read(0, Integer.MAX_VALUE)).isEqualTo(thinned);
        assertThat(file().read(0, Integer.MAX_VALUE)).isEqualTo(thinned);
        assertThat(Files.size(path())).isEqualTo((long) thinned.size() * SIZE);
        assertThat(path().resolveSibling("time-index.new")).doesNotExist();
        file.add(point(count + 1, count + 2L));
        assertThat(file.last()).contains(point(count + 1, count + 2L));
    }

    @Test
    void add_thinningFails_addsAllTheSame() throws IOException {
        int count = TimeIndexLevels.FINE_POINTS + TimeIndexLevels.SLACK_POINTS;
        List<IssuedPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            points.add(point(i, i + 1L));
        }
        Files.write(path(), encode("orders", points));
        Files.createDirectories(path().resolveSibling("time-index.new").resolve("in-the-way"));
        TimeIndexFile file = file();

        file.add(point(count, count + 1L));
        file.add(point(count + 1, count + 2L));

        assertThat(file.read(0, Integer.MAX_VALUE)).hasSize(count + 2);
    }

    @Test
    void add_thinningInterruptedAtEachStep_losesNothingThatIsToBeKept() throws IOException {
        int count = TimeIndexLevels.FINE_POINTS + TimeIndexLevels.SLACK_POINTS;
        List<IssuedPoint> points = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            points.add(point(i, i + 1L));
        }
        byte[] whole = encode("orders", points.subList(0, count));
        List<IssuedPoint> thinned = TimeIndexLevels.thin(points);
        // To write each of the blocks, to force them, and to force the name.
        int lastStep = (thinned.size() + 4095) / 4096 + 2;
        for (int steps : new int[] {0, 1, lastStep - 2, lastStep - 1, lastStep}) {
            Files.write(path(), whole);
            TimeIndexFile file = new TimeIndexFile(path(), "orders", new FailingOpener(steps));

            file.add(points.get(count));

            assertThat(file().read(0, Integer.MAX_VALUE))
                    .as("step " + steps)
                    .isEqualTo(steps < lastStep - 1 ? points : thinned);
            assertThat(file.last()).contains(points.get(count));
        }
    }

    @Test
    void read_powerCutAtEachStepOfAnAddition_hasTheOldPointsAndTheNewOneOrNot() throws IOException {
        Files.createFile(path());
        byte[] whole = encode("orders", POINTS);
        for (int steps = 0; steps <= 2; steps++) {
            for (int kept = 0; kept <= SIZE; kept++) {
                for (boolean keepsHead : new boolean[] {true, false}) {
                    UnreliableMedium medium = new UnreliableMedium(Arrays.copyOf(whole, 3 * SIZE));
                    medium.failAfter(steps);
                    boolean isAcknowledged = add(file(medium), POINTS.get(3));
                    medium.cutPower(kept, keepsHead);

                    String at = "step " + steps + ", " + kept + " bytes kept, head " + keepsHead;
                    List<IssuedPoint> found = file(medium).read(0, 10);
                    assertThat(found).as(at).isIn(POINTS.subList(0, 3), POINTS);
                    if (isAcknowledged) {
                        assertThat(found).as(at).isEqualTo(POINTS);
                    }
                    TimeIndexFile next = file(medium);
                    next.add(point(9, 90));
                    assertThat(next.last()).as(at).contains(point(9, 90));
                    assertThat(file(medium).read(40, 10)).as(at).containsExactly(point(9, 90));
                }
            }
        }
    }

    @Test
    void add_failedBefore_isDoneAgain() throws IOException {
        Files.createFile(path());
        for (int steps = 0; steps < 2; steps++) {
            UnreliableMedium medium = new UnreliableMedium(encode("orders", POINTS.subList(0, 2)));
            TimeIndexFile file = file(medium);
            medium.failAfter(steps);
            assertThat(add(file, POINTS.get(2))).isFalse();
            medium.reviveAfterDeathOfTheWriter();

            file.add(point(4, 30));
            file.add(point(5, 40));

            // The first attempt may have reached the file; both say the truth, and the first one counts.
            List<IssuedPoint> found = file(medium).read(0, 10);
            assertThat(found).extracting(IssuedPoint::timestamp).containsExactly(10L, 20L, 30L, 40L);
        }
    }

    @Test
    void add_diskFull_saysSo() throws IOException {
        Files.createFile(path());
        UnreliableMedium medium = new UnreliableMedium(new byte[0]);
        medium.failWith("No space left on device");

        assertThatThrownBy(() -> file(medium).add(point(1, 1)))
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
    }

    @Test
    void read_randomDamage_isASubsequenceOfWhatWasWritten() throws IOException {
        long seed = 20260305;
        Random random = new Random(seed);
        byte[] whole = encode("orders", POINTS);
        for (int i = 0; i < 1_000; i++) {
            byte[] damaged = whole.clone();
            int from = random.nextInt(damaged.length);
            int to = from + random.nextInt(damaged.length - from) + 1;
            for (int j = from; j < to; j++) {
                damaged[j] = (byte) random.nextInt();
            }
            Files.write(path(), damaged);

            assertThat(POINTS).as("seed " + seed + ", round " + i).containsAll(file().read(0, 10));
        }
    }

    /** Opens the file as it is, and one that is being thinned so that it fails after some changes. */
    private static final class FailingOpener implements BlockFile.Opener {
        private int stepsLeft;

        private FailingOpener(int steps) {
            stepsLeft = steps;
        }

        @Override
        public BlockFile open(Path file) throws IOException {
            BlockFile opened = BlockFile.Opener.system().open(file);
            return file.endsWith("time-index") ? opened : new FailingFile(opened);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            count();
        }

        private void count() throws IOException {
            if (stepsLeft-- <= 0) {
                throw new IOException("input/output error");
            }
        }

        private final class FailingFile implements BlockFile {
            private final BlockFile file;

            private FailingFile(BlockFile file) {
                this.file = file;
            }

            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public byte[] read(long position, int length) throws IOException {
                return file.read(position, length);
            }

            @Override
            public void write(long position, byte[] bytes) throws IOException {
                count();
                file.write(position, bytes);
            }

            @Override
            public void force() throws IOException {
                count();
                file.force();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        }
    }

    private static boolean add(TimeIndexFile file, IssuedPoint point) {
        try {
            file.add(point);
            return true;
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            return false;
        }
    }

    private TimeIndexFile file() {
        return new TimeIndexFile(path(), "orders", BlockFile.Opener.system());
    }

    private TimeIndexFile file(UnreliableMedium medium) {
        return new TimeIndexFile(path(), "orders", ignored -> medium);
    }

    private Path path() {
        return directory.resolve("time-index");
    }

    private static byte[] encode(String namespace, List<IssuedPoint> points) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        points.forEach(point -> bytes.writeBytes(TimeIndexRecord.encode(namespace, point)));
        return bytes.toByteArray();
    }
}
