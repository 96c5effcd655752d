package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.KillMatrix.Case;
import dev.tidemark.cli.KillMatrix.Command;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.service.TimestampServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every step of every operation with every fault of {@link KillMatrix}: the command is killed or stopped, in a process of
 * its own, or fails, and is completed by the next one. Afterwards everything must be as if nothing had happened; what that
 * means is in {@link KillMatrixSite}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class KillMatrixIT {
    private final AtomicInteger cases = new AtomicInteger();
    private PreparedBank bank;
    private ClassArchive classes;
    private Path directory;
    private long fromNanos;

    @BeforeAll
    void prepare(@TempDir Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        fromNanos = System.nanoTime();
        bank = PreparedBank.create(
                Files.createDirectory(directory.resolve("prepared")),
                Files.createDirectory(directory.resolve("rewound")));
        Path site = Files.createDirectory(directory.resolve("site"));
        classes = ClassArchive.create(Files.createDirectory(directory.resolve("classes")), bank.copyTo(site));
    }

    @AfterAll
    void report() {
        Duration took = Duration.ofNanos(System.nanoTime() - fromNanos);
        System.out.println(cases + " cases in " + took.toSeconds() + " s");
    }

    /** A step that is added to an operation needs its rows. */
    @ParameterizedTest
    @EnumSource(value = Command.class, mode = EnumSource.Mode.EXCLUDE, names = "RESTORE_OVER_DATA")
    void steps_ofEveryCommand_areInTheMatrix(Command command) throws IOException {
        Path target = Files.createDirectory(directory.resolve("steps-of-" + command));
        KillMatrixSite site = KillMatrixSite.prepare(bank, command, target);
        Set<String> steps = ConcurrentHashMap.newKeySet();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (call.equals(CallObserver.BEGIN)) {
                steps.add(step);
            }
        });

        CommandRun run = CommandRun.in(target, observer, site.commandLine());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(steps).isEqualTo(KillMatrix.steps(command));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.tidemark.cli.KillMatrix#cases")
    @Execution(ExecutionMode.CONCURRENT)
    void command_disturbedInAStep_isCompletedByTheNextOne(Case disturbed) throws IOException, InterruptedException {
        Path target = Files.createDirectory(directory.resolve("case-" + cases.incrementAndGet()));
        KillMatrixSite site = KillMatrixSite.prepare(bank, disturbed.command(), target);
        boolean isServed = disturbed.needsLivingOracle();
        TimestampServer server = isServed ? PreparedBank.serve(target) : null;
        try (server) {
            if (disturbed.needsProcess()) {
                disturb(site, disturbed);
            } else {
                fail(site, disturbed);
            }
            site.assertAsIfNothingHadHappened(disturbed.leavesSnapshots());
        }
        Installation.delete(target);
    }

    private void disturb(KillMatrixSite site, Case disturbed) throws IOException, InterruptedException {
        try (TidemarkProcess process = TidemarkProcess.start(
                classes, site.installation().directory(), disturbed.fault(), site.commandLine())) {
            process.awaitFault();
            switch (disturbed.treatment()) {
                case STOP -> stop(site, process);
                case LATE -> stopAndKill(site, process);
                case EXCEPTION, ANSWER_LOST ->
                    completeAfterFailure(site, disturbed, process.awaitExit(), process.errors());
                case KILL_BEFORE, KILL_AFTER -> {
                    process.kill();
                    site.assertClosedWhileIncomplete();
                    site.complete();
                }
            }
        }
    }

    private static void fail(KillMatrixSite site, Case disturbed) {
        AtomicBoolean isReached = new AtomicBoolean();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (disturbed.fault().matches(step, call, isDone) && isReached.compareAndSet(false, true)) {
                throw disturbed.fault().failure();
            }
        });

        CommandRun run = CommandRun.in(site.installation().directory(), observer, site.commandLine());

        assertThat(isReached).as(run.out()).isTrue();
        completeAfterFailure(site, disturbed, run.exitCode(), run.err());
    }

    private static void completeAfterFailure(KillMatrixSite site, Case disturbed, int exitCode, String errors) {
        assertThat(exitCode).as(errors).isIn(disturbed.exitCodes());
        site.assertClosedWhileIncomplete();
        site.assertAsBeforeIfFailed();
        site.complete();
    }

    private static void stop(KillMatrixSite site, TidemarkProcess process) throws IOException, InterruptedException {
        process.stop();
        // A stopped process still owns the store that it has open. The other one is refused then, until it has ended.
        boolean isCompleted = site.completeUnless(ErrorCode.STORE_IN_USE);
        Inventory before = site.inventory();

        process.continueStopped();
        process.goOn();

        assertThat(process.awaitExit()).as(process.errors()).isEqualTo(ErrorCode.FENCED_OUT.exitCode());
        if (isCompleted) {
            site.assertUnchangedSince(before);
        } else {
            site.complete();
        }
    }

    /** What arrives too late must do no harm, even when nobody is left to clean up behind it. */
    private static void stopAndKill(KillMatrixSite site, TidemarkProcess process)
            throws IOException, InterruptedException {
        process.stop();
        site.complete();

        process.continueStopped();
        process.goOn();

        if (process.isFaultReachedBeforeTheEnd()) {
            process.kill();
        } else { // the node refuses what comes with an epoch that is too small
            assertThat(process.awaitExit()).as(process.errors()).isEqualTo(ErrorCode.FENCED_OUT.exitCode());
        }
    }
}
