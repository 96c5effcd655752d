package dev.tidemark.kvs.transactiontable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TimestampRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decodes the transactions tables that AtlasDB 0.1175.0 wrote, and cuts them at their backup timestamp. */
class AtlasDbFixtureTest {
    @Test
    void scan_cassandra_givesTheCountsOfTheFixture() {
        AtlasDbFixture fixture = AtlasDbFixture.cassandra();

        Map<Integer, Counts> counts = count(fixture);

        assertThat(fixture.schemas.firstTimestampToVersion()).isEqualTo(Map.of(1L, 1, 5010009L, 2, 12654337L, 3));
        assertThat(counts.get(1)).isEqualTo(new Counts(628, 0, 0, 0));
        assertThat(counts.get(2)).isEqualTo(new Counts(773, 0, 0, 0));
        assertThat(counts.get(3)).isEqualTo(new Counts(1051, 11, 470, 1));
    }

    @Test
    void scan_postgres_givesTheCountsOfTheFixture() {
        Map<Integer, Counts> counts = count(AtlasDbFixture.postgres());

        assertThat(counts).isEqualTo(Map.of(1, new Counts(1406, 15, 639, 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cassandra", "postgres"})
    void scan_straddlers_areThoseOfTheFixture(String store) {
        AtlasDbFixture fixture = fixture(store);

        List<String> straddlers = new ArrayList<>();
        entries(fixture, everything()).forEach(entry -> AtlasDbFixture.commitOf(entry.state())
                .filter(commit ->
                        entry.startTimestamp() < fixture.backupTimestamp() && commit > fixture.backupTimestamp())
                .ifPresent(commit -> straddlers.add(entry.startTimestamp() + "," + commit)));

        assertThat(straddlers)
                .containsExactlyInAnyOrderElementsOf(fixture.expected("straddlers.csv").stream()
                        .skip(1)
                        .map(line ->
                                String.join(",", List.of(line.split(",", -1)).subList(0, 2)))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cassandra", "postgres"})
    void abort_fromImmutableTimestamp_leavesExactlyTheStateAtBackupTimestamp(String store) {
        AtlasDbFixture fixture = fixture(store);
        TimestampRange starts = new TimestampRange(fixture.immutableTimestamp(), fixture.fastForwardTimestamp());

        long first = fixture.abortCommitsAfterBackup(starts);
        long again = fixture.abortCommitsAfterBackup(starts);

        assertThat(first)
                .isEqualTo(fixture.facts.at("/torn/to_abort").longValue())
                .isPositive();
        assertThat(again).isZero();
        assertThat(transfers(fixture)).isEqualTo(fixture.expected("expected-visible-transfers.csv"));
        assertThat(balances(fixture)).isEqualTo(fixture.expected("expected-balances.csv"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cassandra", "postgres"})
    void abort_fromBackupTimestampOnly_leavesTornState(String store) {
        AtlasDbFixture fixture = fixture(store);

        fixture.abortCommitsAfterBackup(new TimestampRange(fixture.backupTimestamp(), fixture.fastForwardTimestamp()));

        assertThat(transfers(fixture)).isNotEqualTo(fixture.expected("expected-visible-transfers.csv"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cassandra", "postgres"})
    void scan_narrowInterval_readsLittle(String store) {
        AtlasDbFixture fixture = fixture(store);
        long before = fixture.cells.scannedCells();

        List<TransactionEntry> found =
                entries(fixture, new TimestampRange(fixture.immutableTimestamp(), fixture.immutableTimestamp() + 20));

        assertThat(found).isNotEmpty();
        assertThat(fixture.cells.scannedCells() - before).isLessThan(found.size() + 32L);
    }

    private static AtlasDbFixture fixture(String store) {
        return store.equals("cassandra") ? AtlasDbFixture.cassandra() : AtlasDbFixture.postgres();
    }

    private static TimestampRange everything() {
        return new TimestampRange(1, 30_000_000);
    }

    private static List<TransactionEntry> entries(AtlasDbFixture fixture, TimestampRange starts) {
        List<TransactionEntry> entries = new ArrayList<>();
        for (TransactionTable.Part part : fixture.table().split(starts, 8)) {
            try (CloseableIterator<TransactionEntry> scan = fixture.table().scan(part)) {
                scan.forEachRemaining(entries::add);
            }
        }
        return entries;
    }

    private static Map<Integer, Counts> count(AtlasDbFixture fixture) {
        Map<Integer, Counts> counts = new TreeMap<>();
        for (TransactionEntry entry : entries(fixture, everything())) {
            counts.merge(
                    fixture.schemas.versionAt(entry.startTimestamp()),
                    Counts.of(entry, fixture.backupTimestamp()),
                    Counts::plus);
        }
        return counts;
    }

    private static List<String> transfers(AtlasDbFixture fixture) {
        List<String> lines = new ArrayList<>(List.of("id,from,to,amount,start_ts,commit_ts"));
        fixture.visible(AtlasDbFixture.TRANSFERS).forEach((id, version) -> {
            long commit = fixture.table()
                    .read(version.timestamp())
                    .flatMap(AtlasDbFixture::commitOf)
                    .orElseThrow();
            lines.add(id + "," + version.value().toUtf8() + "," + version.timestamp() + "," + commit);
        });
        return lines;
    }

    private static List<String> balances(AtlasDbFixture fixture) {
        List<String> lines = new ArrayList<>(List.of("account,balance"));
        fixture.visible(AtlasDbFixture.ACCOUNTS)
                .forEach((account, version) ->
                        lines.add(account + "," + version.value().toLong()));
        return lines;
    }

    private record Counts(long committed, long straddlers, long after, long aborted) {
        static Counts of(TransactionEntry entry, long backupTimestamp) {
            return AtlasDbFixture.commitOf(entry.state())
                    .map(commit -> {
                        if (commit <= backupTimestamp) {
                            return new Counts(1, 0, 0, 0);
                        }
                        return entry.startTimestamp() < backupTimestamp
                                ? new Counts(0, 1, 0, 0)
                                : new Counts(0, 0, 1, 0);
                    })
                    .orElse(new Counts(0, 0, 0, 1));
        }

        Counts plus(Counts other) {
            return new Counts(
                    committed + other.committed,
                    straddlers + other.straddlers,
                    after + other.after,
                    aborted + other.aborted);
        }
    }
}
