package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.audit.AuditChain;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.check.ArchiveChecker;
import dev.tidemark.coordinator.check.CheckLevel;
import dev.tidemark.coordinator.check.NamespaceCheck;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.operation.AuditCheck;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.Damage;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A {@link WholeArchive} of which somebody has changed an object. Whatever fails must fail with an error that an operator understands;
 * anything else comes out of every method.
 */
final class ChangedArchive {
    private final WholeArchive whole;
    private final Map<String, byte[]> objects;

    /**
     * Creates it.
     *
     * @param objects all objects by name, with the change; not changed
     */
    ChangedArchive(WholeArchive whole, Map<String, byte[]> objects) {
        this.whole = whole;
        this.objects = objects;
    }

    /**
     * Returns everything that opening the archive and a verification of every byte say is wrong; empty when nothing is.
     *
     * @param isAuditChecked whether the audit log is verified too
     */
    List<String> findings(boolean isAuditChecked) {
        List<String> findings = new ArrayList<>();
        InMemoryObjectStore store = store();
        refused(() -> verify(open(store), isAuditChecked, findings)).ifPresent(findings::add);
        return findings;
    }

    private static void verify(Archive archive, boolean isAuditChecked, List<String> findings) {
        archive.keys().list().damaged().forEach(slot -> findings.add(slot.slot() + ": " + slot.message()));
        archive.namespaces().forEach(namespace -> refused(() -> verify(archive, namespace, findings))
                .ifPresent(findings::add));
        if (isAuditChecked) {
            refused(() -> verifyAudit(archive, findings)).ifPresent(findings::add);
        }
    }

    /** As {@code tidemark audit verify} does. */
    private static void verifyAudit(Archive archive, List<String> findings) {
        AuditCheck journals = new AuditCheck();
        archive.namespaces().forEach(namespace -> journals.addJournals(archive.records(namespace)));
        AuditChain chain = archive.audit().check();
        journals.compare(chain);
        findings.addAll(chain.problems());
    }

    /** As {@code tidemark verify --level 2} does. */
    private static void verify(Archive archive, String namespace, List<String> findings) {
        VerificationReport report;
        try {
            NamespaceArchive opened = archive.namespace(namespace);
            ArchiveVerifier verifier = new ArchiveVerifier(opened, VerificationLevel.CONTENT, (done, total) -> {});
            report = verifier.verify(verifier.backupIds());
        } catch (TidemarkException e) {
            if (archive.isShredded(namespace)) {
                return;
            }
            findings.add(e.getMessage());
            return;
        }
        List<Damage> damages = new ArrayList<>(report.problems());
        damages.addAll(report.remarks());
        report.backups().forEach(backup -> damages.addAll(backup.damages()));
        damages.forEach(damage -> findings.add(damage.object() + ": " + damage.message()));
        assertThat(report.isGood() || !findings.isEmpty()).isTrue();
    }

    /** Returns how many backups the check by the public key alone finds good in a namespace; empty when it can't be made. */
    Optional<NamespaceCheck> check(String namespace) {
        InMemoryObjectStore store = store();
        NamespaceCheck[] check = new NamespaceCheck[1];
        refused(() -> check[0] = new ArchiveChecker(
                        PublicArchive.open(store, whole.world.archive.verifyingKey()),
                        CheckLevel.CONTENT,
                        whole.world.time.instant())
                .check(namespace, Duration.ZERO, Integer.MAX_VALUE));
        return Optional.ofNullable(check[0]);
    }

    /** Restores a backup; returns whether it succeeded. What it restored then is what the backup holds. */
    boolean isRestored(String backupId) {
        InMemoryObjectStore store = store();
        return refused(() -> assertThat(whole.world.readElsewhere(open(store), backupId))
                        .as("backup '%s'", backupId)
                        .isEqualTo(whole.states.get(backupId)))
                .isEmpty();
    }

    /** As {@link #isRestored}, of the other namespace. */
    boolean isOtherRestored() {
        InMemoryObjectStore store = store();
        return refused(() -> {
                    Map<String, byte[]> files =
                            SampleArchive.restore(open(store).namespace(WholeArchive.OTHER), WholeArchive.OTHER_BACKUP);
                    assertThat(files.keySet()).isEqualTo(whole.otherFiles.keySet());
                    files.forEach(
                            (path, content) -> assertThat(content).as(path).isEqualTo(whole.otherFiles.get(path)));
                })
                .isEmpty();
    }

    /** Returns the archive after garbage collections and a repair, as far as they are not refused. */
    ChangedArchive afterUpkeep() {
        InMemoryObjectStore store = store();
        refused(() -> {
            Archive archive = open(store);
            refused(() -> collect(archive));
            refused(() -> collect(archive));
            refused(() -> repair(archive));
            refused(() -> collect(archive));
        });
        Map<String, byte[]> after = new TreeMap<>();
        store.forEach("", info -> after.put(info.key().value(), store.read(info.key())));
        return new ChangedArchive(whole, after);
    }

    private void collect(Archive archive) {
        try (CoordinatorProcess process = whole.world.coordinator(archive)) {
            process.coordinator.upkeep().collectGarbage(World.NAMESPACE, WholeArchive.GARBAGE, OperationListener.NONE);
        }
    }

    private void repair(Archive archive) {
        try (CoordinatorProcess process = whole.world.coordinator(archive)) {
            process.coordinator.upkeep().repair(World.NAMESPACE, OperationListener.NONE);
        }
    }

    private Archive open(InMemoryObjectStore store) {
        return Archive.open(
                store,
                ArchiveKey.keyFile(new byte[32]),
                new ArchiveSeams(whole.world.time, new Random(1), Runnable::run));
    }

    /** Each use has its own: restores and upkeep write to it. */
    private InMemoryObjectStore store() {
        InMemoryObjectStore store = new InMemoryObjectStore();
        objects.forEach((key, content) -> store.create(new ObjectKey(key), ByteBuffer.wrap(content)));
        return store;
    }

    /** Runs an action; returns the message of the error with which it was refused. */
    private static Optional<String> refused(Runnable action) {
        try {
            action.run();
            return Optional.empty();
        } catch (TidemarkException e) {
            assertThat(e.code()).as(e.getMessage()).isNotEqualTo(ErrorCode.INTERNAL);
            assertThat(e.hint()).as(e.getMessage()).isNotEmpty();
            return Optional.of(e.getMessage() + " " + e.hint());
        }
    }
}
