package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.timestamp.IssuedPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Time indexes over several days, and how they are thinned. */
class CassandraTimeIndexIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final Instant BEGIN = Instant.parse("2026-03-04T00:00:00Z");

    private static BoundKeyspace keyspace;

    @BeforeAll
    static void createKeyspace() {
        keyspace = new BoundKeyspace(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspace.close();
    }

    @BeforeEach
    void empty() {
        keyspace.empty();
    }

    @Test
    void read_severalDays_beginsAtAnyTimestamp() {
        CassandraTimeIndex index = index(UnaryOperator.identity(), 1_000);
        List<IssuedPoint> points = IntStream.range(1, 30)
                .mapToObj(i -> new IssuedPoint(BEGIN.plusSeconds(i * 10L * 60 * 60), i * 100L))
                .toList();
        points.forEach(point -> index.add("orders", point));

        for (int after = 0; after <= 3_000; after += 50) {
            long from = after;
            List<IssuedPoint> expected =
                    points.stream().filter(point -> point.timestamp() > from).toList();
            assertThat(index.read("orders", after, 100)).isEqualTo(expected);
            assertThat(index.read("orders", after, 7))
                    .isEqualTo(expected.stream().limit(7).toList());
        }
        assertThat(index.last("orders")).contains(points.get(28));
        assertThat(days()).isEqualTo(13);
    }

    @Test
    void last_dayWhoseFirstPointWasNotAdded_isTheOneBefore() {
        CassandraTimeIndex index = index(UnaryOperator.identity(), 1_000);
        IssuedPoint point = new IssuedPoint(BEGIN, 7);
        index.add("orders", point);
        for (int day = 20_600; day < 20_605; day++) {
            keyspace.cql(
                    "INSERT INTO %stime_index_days (namespace, day, first_timestamp) VALUES ('orders', ?, 9)", day);
        }

        assertThat(index.last("orders")).contains(point);
        assertThat(index.read("orders", 0, 10)).containsExactly(point);
        IssuedPoint next = new IssuedPoint(BEGIN.plusSeconds(1), 8);
        index.add("orders", next);
        assertThat(index.read("orders", 7, 10)).containsExactly(next);
    }

    @Test
    void add_asManyAsTheSlack_thins() {
        List<List<IssuedPoint>> thinned = new ArrayList<>();
        CassandraTimeIndex index = index(
                points -> {
                    thinned.add(points);
                    return points.stream()
                            .filter(point -> points.indexOf(point) >= points.size() - 2 || point.timestamp() % 3 == 0)
                            .toList();
                },
                5);
        for (int i = 1; i <= 10; i++) {
            index.add("orders", new IssuedPoint(BEGIN.plusSeconds(i), i));
        }

        assertThat(thinned).hasSize(2);
        assertThat(index.read("orders", 0, 100))
                .extracting(IssuedPoint::timestamp)
                .containsExactly(3L, 6L, 9L, 10L);
    }

    @Test
    void add_firstOfADay_thinsAndDropsDaysWithoutPoints() {
        UnaryOperator<List<IssuedPoint>> newest =
                points -> points.subList(Math.max(0, points.size() - 3), points.size());
        for (int i = 1; i <= 12; i++) {
            // Each process adds two points, of which the first is that of a new day.
            CassandraTimeIndex index = index(newest, 1_000);
            index.add("orders", new IssuedPoint(BEGIN.plusSeconds(i * 24L * 60 * 60), 2L * i));
            index.add("orders", new IssuedPoint(BEGIN.plusSeconds(i * 24L * 60 * 60 + 1), 2L * i + 1));
        }

        assertThat(index(newest, 1_000).read("orders", 0, 100))
                .extracting(IssuedPoint::timestamp)
                .containsExactly(22L, 23L, 24L, 25L);
        assertThat(days()).isEqualTo(2);
    }

    /** Points that are taken over from elsewhere are of many days. */
    @Test
    void add_firstOfManyDays_thinsOnce() {
        List<Integer> thinned = new ArrayList<>();
        CassandraTimeIndex index = index(
                points -> {
                    thinned.add(points.size());
                    return points;
                },
                1_000);
        for (int i = 1; i <= 12; i++) {
            index.add("orders", new IssuedPoint(BEGIN.plusSeconds(i * 24L * 60 * 60), i));
        }

        assertThat(thinned).containsExactly(2);
    }

    @Test
    void read_rowThatNobodyOfOursWrote_isLeftOut() {
        CassandraTimeIndex index = index(UnaryOperator.identity(), 1_000);
        IssuedPoint first = new IssuedPoint(BEGIN.plusSeconds(5), 5);
        IssuedPoint last = new IssuedPoint(BEGIN.plusSeconds(9), 9);
        index.add("orders", first);
        index.add("orders", last);
        int day = (int) (BEGIN.getEpochSecond() / 86_400);
        String insert =
                "INSERT INTO %stime_index (namespace, day, timestamp, second, nano) VALUES ('orders', ?, ?, ?, ?)";
        keyspace.cql(insert, day, -3L, BEGIN.getEpochSecond(), 0);
        keyspace.cql(insert, day, 6L, Long.MAX_VALUE, 0);
        keyspace.cql(insert, day, 7L, BEGIN.getEpochSecond(), 0);
        keyspace.cql("INSERT INTO %stime_index (namespace, day, timestamp) VALUES ('orders', ?, 8)", day);

        assertThat(index.read("orders", -5, 100)).containsExactly(first, last);
    }

    private static CassandraTimeIndex index(UnaryOperator<List<IssuedPoint>> levels, int slackPoints) {
        return new CassandraTimeIndex(keyspace.statements(), levels, slackPoints);
    }

    private static int days() {
        return keyspace.cql("SELECT day FROM %stime_index_days WHERE namespace = 'orders'")
                .size();
    }
}
