package dev.tidemark.cli.demo;

import dev.tidemark.cli.demo.DemoReport.LiveBackup;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.StateDigest;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.transaction.LeaseToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demonstration, from the first transaction to the proof. Single use.
 *
 * <p>What it proves does not come from the engine's own reports: the clients' history, the digest of the live store and the
 * last timestamps are recorded beside the archive, and compared with what is read from the restored store.
 */
public final class Demo {
    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final int BACKUPS = 3;
    private static final Duration AFTERMATH = Duration.ofSeconds(2);
    private static final String SNAPSHOT_STEP = "snapshot";

    private final DemoSettings settings;
    private final EngineSeams seams;
    private final DemoStory story;
    private final TransferHistory history = new TransferHistory();
    private final List<LiveBackup> backups = new ArrayList<>();
    private final List<Straddler> straddlers = new ArrayList<>();

    private long transactions;
    private List<String> errors = List.of();
    private StateDigest liveDigest;
    private long lastTimestampBeforeLoss;
    private long lastTimestamp;

    /**
     * Creates a demonstration.
     *
     * @param lines receives the story, line by line
     */
    public Demo(DemoSettings settings, EngineSeams seams, Story lines) {
        this.settings = settings;
        this.seams = seams;
        this.story = new DemoStory(lines);
    }

    /**
     * Runs it all.
     *
     * @throws InterruptedException when the thread was interrupted; what is there stays there
     */
    public DemoReport run() throws InterruptedException {
        long from = seams.monotonicClock().nanoTime();
        DemoDirectory directory = DemoDirectory.prepare(settings.directory());
        directory.writeConfigurations(newPassphrase());
        story.begin(directory, settings);
        runLive(directory);
        story.destroying(directory, lastTimestampBeforeLoss);
        directory.destroy(directory.store());
        directory.destroy(directory.oracle());
        RestoreReport restore = restore(directory);
        story.restored(restore);
        Proof proof =
                new Proof(settings.workload(), history, liveDigest, lastBackup().report(), restore);
        proof.noErrors("no client saw an error before the loss", errors);
        proof.straddlers(straddlers);
        long firstTimestamp = inspect(directory, proof);
        BadDeployment deployment = rewindABadDeployment(directory, proof);
        verifyArchive(directory, proof);
        DemoReport report = new DemoReport(
                directory.root(),
                backups,
                restore,
                deployment.report(),
                transactions,
                lastTimestampBeforeLoss,
                firstTimestamp,
                proof.checks(),
                Duration.ofNanos(seams.monotonicClock().nanoTime() - from));
        story.proved(report, directory, lastTimestamp);
        return report;
    }

    private void runLive(DemoDirectory directory) throws InterruptedException {
        try (LiveSystem system = LiveSystem.open(directory, seams);
                Wiring wiring = wiring(directory)) {
            Archive archive = wiring.createArchive();
            Coordinator coordinator = new Coordinator(
                    archive,
                    system.client(),
                    Map.of(DemoDirectory.NAMESPACE, Map.of(DemoDirectory.STORE_NAME, system.connector())),
                    EngineOptions.DEFAULT,
                    seams);
            try (Workload workload = workload(system, history, 1)) {
                workload.setUp();
                workload.start();
                workload.latencies().nextWindow();
                backUpWhileRunning(system, coordinator, workload);
                waitForNextBackup();
                workload.close();
                transactions = workload.transactions();
                errors = workload.errors();
                story.stopped(transactions, workload.sweptVersions());
            }
            lastTimestampBeforeLoss = system.oracle().freshTimestamp();
        }
    }

    private void backUpWhileRunning(LiveSystem system, Coordinator coordinator, Workload workload)
            throws InterruptedException {
        for (int number = 0; number < BACKUPS - 1; number++) {
            waitForNextBackup();
            backUp(system, coordinator, workload, number);
        }
        waitForNextBackup();
        // Without a lease of its own the sweeper would pass B before the digest at B is complete.
        LeaseToken token = new LeaseToken(
                new UUID(seams.random().nextLong(), seams.random().nextLong()));
        system.oracle().lockImmutableTimestamp(token);
        Duration interval = Duration.ofMillis(Math.max(1, system.oracle().leaseDurationMillis() / 4));
        try (PeriodicTasks.Registration refresh =
                seams.periodicTasks().every("demo-lease", interval, () -> refresh(system, token))) {
            backUp(system, coordinator, workload, BACKUPS - 1);
            liveDigest = coordinator.digest(
                    DemoDirectory.NAMESPACE, lastBackup().report().backupTimestamp(), OperationListener.NONE);
        } finally {
            system.oracle().unlock(Set.of(token));
        }
        story.digest(liveDigest);
    }

    /** One failed refresh is no loss; when the lease is lost, the digest at B says so. */
    private static void refresh(LiveSystem system, LeaseToken token) {
        try {
            system.oracle().refresh(Set.of(token));
        } catch (TidemarkException e) {
            LOG.info("the lease could not be refreshed: {}", e.getMessage());
        }
    }

    /**
     * Takes a backup around two long transactions that started before it: one commits between the backup timestamp and the
     * snapshot, so that all of it is in the snapshot and has to be aborted; the other one only after the backup.
     */
    private void backUp(LiveSystem system, Coordinator coordinator, Workload workload, int number) {
        Straddler inSnapshot = Straddler.begin(system.transactions(), settings.workload(), history, 2 * number);
        Straddler later = Straddler.begin(system.transactions(), settings.workload(), history, 2 * number + 1);
        LatencyRecorder.Window before = workload.latencies().nextWindow();
        BackupReport report = coordinator.backup(
                new BackupRequest(DemoDirectory.NAMESPACE, Map.of("demo", String.valueOf(number + 1)), true),
                new OperationListener() {
                    @Override
                    public void stepStarted(String operationId, String step) {
                        if (step.equals(SNAPSHOT_STEP)) {
                            inSnapshot.commit();
                        }
                    }
                });
        LatencyRecorder.Window during = workload.latencies().nextWindow();
        later.commit();
        straddlers.add(inSnapshot);
        straddlers.add(later);
        LiveBackup backup =
                new LiveBackup(report, before, during, inSnapshot.startTimestamp(), inSnapshot.commitTimestamp());
        backups.add(backup);
        story.backedUp(backup);
    }

    private RestoreReport restore(DemoDirectory directory) {
        try (Wiring wiring = wiring(directory)) {
            Coordinator coordinator = wiring.coordinator();
            RestoreRequest request = new RestoreRequest(
                    DemoDirectory.NAMESPACE, lastBackup().report().backupId());
            story.planned(coordinator.planRestore(request));
            return coordinator.restore(request, OperationListener.NONE);
        }
    }

    /** Reads the restored store, goes on writing, and reads it again; returns the first timestamp that was issued. */
    private long inspect(DemoDirectory directory, Proof proof) throws InterruptedException {
        try (Wiring wiring = wiring(directory)) {
            proof.digest(wiring.coordinator()
                    .digest(DemoDirectory.NAMESPACE, lastBackup().report().backupTimestamp(), OperationListener.NONE));
        }
        try (LiveSystem system = LiveSystem.open(directory, seams)) {
            long firstTimestamp = system.oracle().freshTimestamp();
            proof.firstTimestamp(firstTimestamp, lastTimestampBeforeLoss);
            proof.restoredState(system.stateAt(firstTimestamp), straddlers);
            long written;
            TransferHistory aftermath = new TransferHistory();
            try (Workload workload =
                    workload(system, aftermath, 1 + settings.workload().clients())) {
                workload.start();
                seams.sleeper().sleep(AFTERMATH);
                workload.close();
                proof.noErrors("no client saw an error after the restore", workload.errors());
                written = workload.transactions();
            }
            lastTimestamp = system.oracle().freshTimestamp();
            proof.stateAfterwards(system.stateAt(lastTimestamp), aftermath, written);
            return firstTimestamp;
        }
    }

    private BadDeployment rewindABadDeployment(DemoDirectory directory, Proof proof) throws InterruptedException {
        BadDeployment deployment = new BadDeployment(settings, seams);
        try (LiveSystem system = LiveSystem.open(directory, seams)) {
            deployment.deploy(system);
        }
        try (Wiring wiring = wiring(directory)) {
            deployment.rewind(wiring.coordinator());
        }
        story.rewound(deployment);
        try (LiveSystem system = LiveSystem.open(directory, seams)) {
            lastTimestamp = system.oracle().freshTimestamp();
            proof.rewound(deployment, system.stateAt(lastTimestamp), lastTimestamp);
        }
        return deployment;
    }

    private void verifyArchive(DemoDirectory directory, Proof proof) {
        try (Wiring wiring = wiring(directory)) {
            NamespaceArchive archive = wiring.archive().namespace(DemoDirectory.NAMESPACE);
            ArchiveVerifier verifier = new ArchiveVerifier(archive, VerificationLevel.CONTENT, (done, total) -> {});
            proof.archive(verifier.verify(verifier.backupIds()));
        }
    }

    private LiveBackup lastBackup() {
        return backups.get(backups.size() - 1);
    }

    private void waitForNextBackup() throws InterruptedException {
        seams.sleeper().sleep(settings.workloadDuration().dividedBy(BACKUPS + 1L));
    }

    private Workload workload(LiveSystem system, TransferHistory clients, int firstClient) {
        return new Workload(
                system.transactions(),
                settings.workload(),
                clients,
                firstClient,
                seams.monotonicClock(),
                seams.sleeper());
    }

    private Wiring wiring(DemoDirectory directory) {
        return new Wiring(new ConfigurationReader().read(directory.configuration()), name -> null, seams);
    }

    private String newPassphrase() {
        byte[] secret = new byte[20];
        seams.random().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /** Receives the story. */
    @FunctionalInterface
    public interface Story {
        /** Receives one line without its line feed. */
        void tell(String line);
    }
}
