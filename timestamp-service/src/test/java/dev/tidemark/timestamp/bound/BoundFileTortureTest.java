package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damages a bound file in every way that a medium or a power cut can: never may an older bound come back. */
class BoundFileTortureTest {
    private static final int SLOT = BoundSlot.SIZE_BYTES;
    private static final Path PATH = Path.of("bound");
    private static final BoundState ACKNOWLEDGED = new BoundState(1, 5_000_000, "restore-1");
    private static final BoundState NEXT = new BoundState(1, 6_000_000, "");

    @Test
    void read_everyTruncation_isAtLeastTheAcknowledgedBoundOrRefused() {
        byte[] whole = wholeFile();

        for (int length = 0; length < whole.length; length++) {
            byte[] truncated = Arrays.copyOf(whole, length);
            assertSafe(new UnreliableMedium(truncated), length >= SLOT, "truncated to " + length);
        }
    }

    @Test
    void read_everySingleBitFlip_isTheAcknowledgedState() {
        byte[] whole = wholeFile();

        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertSafe(new UnreliableMedium(flipped), true, "bit " + bit);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void read_oneSlotZeroedErasedOrOverwritten_isRestoredFromTheOther(int slot) {
        byte[] whole = wholeFile();
        Random random = new Random(20260103);
        for (int pattern = 0; pattern < 50; pattern++) {
            byte[] content = new byte[SLOT];
            if (pattern == 1) {
                Arrays.fill(content, (byte) 0xff);
            } else if (pattern > 1) {
                random.nextBytes(content);
            }
            byte[] damaged = whole.clone();
            System.arraycopy(content, 0, damaged, slot * SLOT, SLOT);
            UnreliableMedium medium = new UnreliableMedium(damaged);

            assertThat(file(medium).read()).as("pattern " + pattern).isEqualTo(ACKNOWLEDGED);
            assertThat(medium.durable()).as("pattern " + pattern).isEqualTo(whole);
        }
    }

    @Test
    void read_bothSlotsZeroedOrEmptyFile_isRefusedAndNotNew() {
        assertSafe(new UnreliableMedium(new byte[2 * SLOT]), false, "zeroes");
        assertSafe(new UnreliableMedium(new byte[0]), false, "empty");
    }

    @Test
    void read_damageInBothSlots_isRefused() {
        Random random = new Random(20260101);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = wholeFile();
            damaged[random.nextInt(SLOT)] ^= (byte) (1 + random.nextInt(255));
            damaged[SLOT + random.nextInt(SLOT)] ^= (byte) (1 + random.nextInt(255));
            assertSafe(new UnreliableMedium(damaged), false, "round " + i);
        }
    }

    @Test
    void read_powerCutAtEveryStepOfAWrite_isTheOldOrTheNewState() {
        // A write is: slot A, force, slot B, force. At each cut any part of what was not forced is lost.
        for (int steps = 0; steps <= 4; steps++) {
            for (int kept = 0; kept <= SLOT; kept += kept < 64 ? 1 : 61) {
                for (boolean keepsHead : new boolean[] {true, false}) {
                    UnreliableMedium medium = new UnreliableMedium(wholeFile());
                    medium.failAfter(steps);
                    boolean isAcknowledged = write(medium);
                    medium.cutPower(kept, keepsHead);

                    BoundState state = file(medium).read();

                    String at = "step " + steps + ", " + kept + " bytes kept, head " + keepsHead;
                    assertThat(state).as(at).isIn(ACKNOWLEDGED, NEXT);
                    if (isAcknowledged) {
                        assertThat(state).as(at).isEqualTo(NEXT);
                    }
                    assertThat(file(medium).read()).as("read again, " + at).isEqualTo(state);
                }
            }
        }
    }

    @Test
    void read_writerDiedThenPowerCut_isTheStateThatWasRead() {
        for (int steps = 0; steps <= 4; steps++) {
            for (int kept = 0; kept <= SLOT; kept += 31) {
                for (boolean keepsHead : new boolean[] {true, false}) {
                    UnreliableMedium medium = new UnreliableMedium(wholeFile());
                    medium.failAfter(steps);
                    write(medium);
                    medium.reviveAfterDeathOfTheWriter();
                    BoundState served = file(medium).read();
                    medium.cutPower(kept, keepsHead);

                    assertThat(file(medium).read())
                            .as("step " + steps + ", " + kept + " bytes kept, head " + keepsHead)
                            .isEqualTo(served);
                }
            }
        }
    }

    @Test
    void read_powerCutInARepairAfterTheWriterDied_isOneOfItsStates() {
        for (int steps = 0; steps <= 4; steps++) {
            for (int repairSteps = 0; repairSteps <= 3; repairSteps++) {
                for (int kept = 0; kept <= SLOT; kept += 31) {
                    UnreliableMedium medium = new UnreliableMedium(wholeFile());
                    medium.failAfter(steps);
                    write(medium);
                    medium.reviveAfterDeathOfTheWriter();
                    medium.failAfter(repairSteps);
                    boolean isServed = isReadable(medium);
                    medium.cutPower(kept, true);

                    assertThat(file(medium).read())
                            .as("step " + steps + ", step " + repairSteps + " of the repair, " + kept + " bytes kept")
                            .isIn(isServed && steps > 0 ? List.of(NEXT) : List.of(ACKNOWLEDGED, NEXT));
                }
            }
        }
    }

    private static boolean isReadable(UnreliableMedium medium) {
        try {
            file(medium).read();
            return true;
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            return false;
        }
    }

    @Test
    void read_powerCutThenFlipInEitherSlot_isNeverBelowTheAcknowledgedBound() {
        Random random = new Random(20260102);
        for (int i = 0; i < 20_000; i++) {
            UnreliableMedium medium = new UnreliableMedium(wholeFile());
            medium.failAfter(random.nextInt(5));
            boolean isAcknowledged = write(medium);
            medium.cutPower(random.nextInt(SLOT + 1), random.nextBoolean());
            medium.flip(random.nextInt(2 * SLOT * 8));

            try {
                long bound = file(medium).read().bound();
                assertThat(bound)
                        .as("round " + i)
                        .isGreaterThanOrEqualTo(isAcknowledged ? NEXT.bound() : ACKNOWLEDGED.bound());
            } catch (TimestampException e) {
                assertThat(e.code()).as("round " + i).isEqualTo(ErrorCode.BOUND_STORE_DAMAGED);
            }
        }
    }

    @Test
    void read_powerCutWhileRepairing_isStillTheSameState() {
        for (int slot = 0; slot < 2; slot++) {
            for (int kept = 0; kept <= SLOT; kept += 37) {
                UnreliableMedium medium = new UnreliableMedium(wholeFile());
                medium.flip((slot * SLOT + 100) * 8);
                medium.failAfter(2);
                assertThatRepairFails(medium);
                medium.cutPower(kept, true);

                assertThat(file(medium).read()).isEqualTo(ACKNOWLEDGED);
            }
        }
    }

    @Test
    void compareAndSet_diskFull_saysSo() {
        UnreliableMedium medium = new UnreliableMedium(wholeFile());
        medium.failWith("No space left on device");

        try {
            file(medium).compareAndSet(ACKNOWLEDGED, NEXT);
            assertThat(false).as("written").isTrue();
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
        }
    }

    private static void assertThatRepairFails(UnreliableMedium medium) {
        try {
            file(medium).read();
            assertThat(false).as("repaired").isTrue();
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
        }
    }

    private static void assertSafe(UnreliableMedium medium, boolean isReadable, String what) {
        try {
            BoundState state = file(medium).read();
            assertThat(isReadable).as("accepted: " + what).isTrue();
            assertThat(state).as(what).isEqualTo(ACKNOWLEDGED);
        } catch (TimestampException e) {
            assertThat(isReadable).as("refused: " + what).isFalse();
            assertThat(e.code()).as(what).isEqualTo(ErrorCode.BOUND_STORE_DAMAGED);
            assertThat(e.hint()).as(what).contains("fast-forward it past every timestamp that was ever used");
        }
    }

    private static boolean write(UnreliableMedium medium) {
        try {
            file(medium).compareAndSet(ACKNOWLEDGED, NEXT);
            return true;
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            return false;
        }
    }

    private static BoundFile file(UnreliableMedium medium) {
        return new BoundFile(PATH, "orders", ignored -> medium);
    }

    private static byte[] wholeFile() {
        UnreliableMedium medium = new UnreliableMedium(new byte[0]);
        BoundFile file = file(medium);
        file.initialize(BoundState.INITIAL);
        file.compareAndSet(BoundState.INITIAL, ACKNOWLEDGED);
        return medium.durable();
    }
}
