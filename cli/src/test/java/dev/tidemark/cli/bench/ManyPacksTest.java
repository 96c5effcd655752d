package dev.tidemark.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.garbage.GarbagePlan;
import dev.tidemark.coordinator.garbage.GarbagePlanner;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ManyPacksTest {
    private static final Instant NOW = Instant.parse("2026-11-05T10:15:30Z");
    private static final int PACKS = 10_000;

    private final InMemoryObjectStore objects = new InMemoryObjectStore();
    private final NamespaceArchive archive = Archive.create(
                    objects,
                    ArchiveKey.keyFile(new byte[32]),
                    new ArchiveSeams(InstantSource.fixed(NOW), new Random(1), Runnable::run))
            .createNamespace("bench");
    private final Map<Operation, Integer> calls = new EnumMap<>(Operation.class);

    /** Ten thousand packs are listed in pages, and none of them is asked for by itself. */
    @Test
    void verifyAndPlan_manyPacks_needAFewCallsOfTheStore() {
        int garbage = new ManyPacks(archive, NOW, 7).write(PACKS, what -> {});
        objects.observe((operation, key, isDone) -> calls.merge(operation, isDone ? 1 : 0, Integer::sum));

        ArchiveVerifier verifier = new ArchiveVerifier(archive, VerificationLevel.EXISTENCE, (done, total) -> {});
        VerificationReport report = verifier.verify(verifier.backupIds());
        GarbagePlan plan = new GarbagePlanner(archive).plan(Duration.ZERO, NOW);

        assertThat(report.isGood()).isTrue();
        assertThat(report.backups()).hasSize(1);
        assertThat(report.backups().get(0).files()).isEqualTo(PACKS - garbage);
        assertThat(garbage).isEqualTo(PACKS / 10);
        assertThat(plan.newObjects()).isEqualTo(garbage);
        assertThat(plan.neededObjects()).isGreaterThan(PACKS - garbage);
        // An index object for 64 packs; 11 pages for each of three listings of the packs.
        assertThat(calls.get(Operation.READ)).isLessThan(PACKS / 64 + 40);
        assertThat(calls.get(Operation.LIST)).isLessThan(100);
        assertThat(calls.getOrDefault(Operation.HEAD, 0)).isLessThan(20);
    }
}
