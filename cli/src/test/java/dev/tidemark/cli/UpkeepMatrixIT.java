package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.UpkeepMatrix.Case;
import dev.tidemark.cli.UpkeepMatrix.Command;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
 * A11, A12, A13: as {@link KillMatrixIT}, for the operations that need nothing but archives: expire, garbage collection, repair, import,
 * copy, shredding, rotation of a key.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class UpkeepMatrixIT {
    private final AtomicInteger cases = new AtomicInteger();
    private UpkeepSite prepared;
    private Path directory;

    @BeforeAll
    void prepare(@TempDir Path directory) throws IOException {
        this.directory = directory;
        PreparedBank bank = PreparedBank.create(
                Files.createDirectory(directory.resolve("bank")), Files.createDirectory(directory.resolve("rewound")));
        prepared = UpkeepSite.create(bank, Files.createDirectory(directory.resolve("prepared")));
    }

    /** A step that is added to an operation needs its rows. */
    @ParameterizedTest
    @EnumSource(Command.class)
    void steps_ofEveryCommand_areInTheMatrix(Command command) throws IOException {
        UpkeepSite site = prepared.copyFor(command, Files.createDirectory(directory.resolve("steps-of-" + command)));
        Set<String> steps = ConcurrentHashMap.newKeySet();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (call.equals(CallObserver.BEGIN)) {
                steps.add(step);
            }
        });

        CommandRun run = CommandRun.in(site.installation().directory(), observer, site.commandLine());

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(steps).isEqualTo(UpkeepMatrix.steps(command));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.tidemark.cli.UpkeepMatrix#cases")
    @Execution(ExecutionMode.CONCURRENT)
    void command_disturbedInAStep_isCompletedByTheNextOne(Case disturbed) throws IOException, InterruptedException {
        Path target = Files.createDirectory(directory.resolve("case-" + cases.incrementAndGet()));
        UpkeepSite site = prepared.copyFor(disturbed.command(), target);

        switch (disturbed.treatment()) {
            case KILLED -> kill(site, disturbed);
            case STOPPED -> stop(site, disturbed);
            case EXCEPTION, ANSWER_LOST -> fail(site, disturbed);
        }

        site.assertAsIfNothingHadHappened();
        Installation.delete(target);
    }

    private static void kill(UpkeepSite site, Case disturbed) throws IOException, InterruptedException {
        try (TidemarkProcess process =
                TidemarkProcess.start(site.installation().directory(), disturbed.fault(), site.commandLine())) {
            process.awaitFault();
            process.kill();
        }
        site.complete();
    }

    private static void stop(UpkeepSite site, Case disturbed) throws IOException, InterruptedException {
        try (TidemarkProcess process =
                TidemarkProcess.start(site.installation().directory(), disturbed.fault(), site.commandLine())) {
            process.awaitFault();
            process.stop();
            site.complete();

            process.continueStopped();
            process.goOn();

            assertThat(process.awaitExit()).as(process.errors()).isEqualTo(ErrorCode.FENCED_OUT.exitCode());
        }
    }

    private static void fail(UpkeepSite site, Case disturbed) {
        AtomicBoolean isReached = new AtomicBoolean();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (disturbed.fault().matches(step, call, isDone) && isReached.compareAndSet(false, true)) {
                throw disturbed.fault().failure();
            }
        });

        CommandRun run = CommandRun.in(site.installation().directory(), observer, site.commandLine());

        assertThat(isReached).as(run.out()).isTrue();
        assertThat(run.exitCode()).as(run.out() + run.err()).isIn(0, ErrorCode.ARCHIVE_UNAVAILABLE.exitCode());
        site.complete();
    }
}
