package dev.tidemark.timestamp.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicatedBoundsTest {
    private static final BoundState FENCED = BoundState.INITIAL.withFenceId("r-1");

    private final ReplicatedBounds bounds = ReplicatedBounds.empty();
    private long index;
    private long session;

    @BeforeEach
    void openSession() {
        session = open();
        apply(1, 1, new Command.Create("orders", BoundState.INITIAL));
    }

    @Test
    void apply_sameChangeTwice_isAppliedOnceAndAnsweredAlike() {
        Request fence = request(2, 2, new Command.CompareAndSet("orders", BoundState.INITIAL, FENCED));
        byte[] first = bounds.apply(++index, fence);
        apply(3, 2, new Command.CompareAndSet("orders", FENCED, BoundState.INITIAL));

        byte[] second = bounds.apply(++index, fence);

        assertThat(second).isEqualTo(first);
        assertThat(state()).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void apply_refusedChangeAgainWhenItWouldSucceed_isRefusedAgain() {
        Request lift = request(2, 2, new Command.CompareAndSet("orders", FENCED, BoundState.INITIAL));
        assertThat(answer(bounds.apply(++index, lift))).isEqualTo(Answer.OTHER_STATE);
        apply(3, 2, new Command.CompareAndSet("orders", BoundState.INITIAL, FENCED));

        assertThat(answer(bounds.apply(++index, lift))).isEqualTo(Answer.OTHER_STATE);
        assertThat(state()).isEqualTo(FENCED);
    }

    @Test
    void apply_changeThatNobodyWaitsFor_isNotApplied() {
        Request late = request(2, 1, new Command.CompareAndSet("orders", BoundState.INITIAL, FENCED));
        apply(3, 3, new Command.Read("orders"));

        assertThat(answer(bounds.apply(++index, late))).isEqualTo(Answer.TOO_LATE);
        assertThat(state()).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void apply_anotherSessionsNumber_isAnotherChange() {
        apply(2, 2, new Command.CompareAndSet("orders", BoundState.INITIAL, FENCED));
        long other = open();

        byte[] answer = bounds.apply(
                ++index, new Request(other, 2, 2, new Command.CompareAndSet("orders", FENCED, BoundState.INITIAL)));

        assertThat(answer(answer)).isEqualTo(Answer.DONE);
    }

    @Test
    void apply_sessionThatManyHaveReplaced_isRefused() {
        Request change = request(2, 2, new Command.CompareAndSet("orders", BoundState.INITIAL, FENCED));
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            open();
        }

        assertThat(answer(bounds.apply(++index, change))).isEqualTo(Answer.SESSION_EXPIRED);
        session = open();
        assertThat(state()).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void apply_sessionInUse_outlivesThoseThatAreNot() {
        for (int i = 0; i < 3 * Sessions.MAX_SESSIONS; i++) {
            open();
            assertThat(state()).isEqualTo(BoundState.INITIAL);
        }
    }

    @Test
    void snapshot_anyHistory_goesOnAlike() {
        for (int seed = 0; seed < 20; seed++) {
            ReplicatedBounds original = ReplicatedBounds.empty();
            play(original, new Random(seed), 1, 300);
            ReplicatedBounds copy = copy(original);

            byte[] left = play(original, new Random(seed + 1000), 301, 300);
            byte[] right = play(copy, new Random(seed + 1000), 301, 300);

            assertThat(right).as("seed " + seed).isEqualTo(left);
            assertThat(bytes(copy)).isEqualTo(bytes(original));
        }
    }

    @Test
    void snapshot_leaderAndPoints_areInIt() {
        LeaderRecord record = new LeaderRecord(3, 4, "a", "http://ä", Duration.ofSeconds(2), true);
        apply(2, 2, new Command.ReplaceLeader(Optional.empty(), record));
        IssuedPoint point = new IssuedPoint(Instant.parse("2026-03-04T05:06:07.123456789Z"), 77);
        apply(3, 3, new Command.AddPoint("orders", point));

        ReplicatedBounds copy = copy(bounds);

        WireReader leader = new WireReader(copy.apply(100, request(4, 4, new Command.Leader())));
        assertThat(Answer.read(leader)).isEqualTo(Answer.DONE);
        assertThat(leader.leader()).contains(record);
        WireReader points = new WireReader(copy.apply(101, request(5, 5, new Command.LastPoint("orders"))));
        assertThat(Answer.read(points)).isEqualTo(Answer.DONE);
        assertThat(points.count(1)).isEqualTo(1);
        assertThat(points.point()).isEqualTo(point);
    }

    /** Applies changes, repeated and late ones among them; returns all answers. */
    private static byte[] play(ReplicatedBounds bounds, Random random, long firstIndex, int count) {
        WireWriter answers = WireWriter.inMemory();
        long[] sequences = new long[4];
        for (long i = firstIndex; i < firstIndex + count; i++) {
            int who = random.nextInt(4);
            if (i <= 4) {
                answers.block(bounds.apply(i, new Request(0, 1, 1, new Command.OpenSession())));
                continue;
            }
            sequences[who] += random.nextInt(3) == 0 ? 0 : 1;
            long sequence = Math.max(1, sequences[who] + firstIndex);
            long floor = Math.max(1, sequence - random.nextInt(5));
            answers.block(bounds.apply(i, new Request(who + 1, sequence, floor, command(random, i))));
        }
        return answers.toBytes();
    }

    private static Command command(Random random, long index) {
        String namespace = "n-" + random.nextInt(3);
        BoundState low = new BoundState(0, random.nextInt(3), "");
        return switch (random.nextInt(5)) {
            case 0 -> new Command.Create(namespace, low);
            case 1 -> new Command.CompareAndSet(namespace, low, low.withBound(low.bound() + random.nextInt(2)));
            case 2 ->
                new Command.AddPoint(
                        namespace, new IssuedPoint(Instant.ofEpochSecond(index), index + random.nextInt(3)));
            case 3 -> new Command.Points(namespace, index - 50, 10);
            default -> new Command.Namespaces();
        };
    }

    private long open() {
        WireReader in = new WireReader(bounds.apply(++index, new Request(0, 1, 1, new Command.OpenSession())));
        assertThat(Answer.read(in)).isEqualTo(Answer.DONE);
        return in.int64();
    }

    private void apply(long sequence, long floor, Command command) {
        assertThat(answer(bounds.apply(++index, request(sequence, floor, command))))
                .isEqualTo(Answer.DONE);
    }

    private Request request(long sequence, long floor, Command command) {
        return new Request(session, sequence, floor, command);
    }

    private BoundState state() {
        WireReader in = new WireReader(bounds.apply(++index, request(1000, 1000, new Command.Read("orders"))));
        assertThat(Answer.read(in)).isEqualTo(Answer.DONE);
        return in.state();
    }

    private static Answer answer(byte[] bytes) {
        return Answer.read(new WireReader(bytes));
    }

    private static ReplicatedBounds copy(ReplicatedBounds original) {
        WireReader in = new WireReader(bytes(original));
        ReplicatedBounds copy = ReplicatedBounds.readFrom(in);
        in.end();
        return copy;
    }

    private static byte[] bytes(ReplicatedBounds bounds) {
        WireWriter out = WireWriter.inMemory();
        bounds.writeTo(out);
        return out.toBytes();
    }
}
