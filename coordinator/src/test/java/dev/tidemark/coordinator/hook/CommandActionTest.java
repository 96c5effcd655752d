package dev.tidemark.coordinator.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.time.MonotonicClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandActionTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final HookFacts FACTS =
            new HookFacts(HookMoment.AFTER_BACKUP, "bank", "backup-1", "backup", "backup-1", "FAILED");

    @TempDir
    private Path directory;

    @Test
    void run_succeedingProgram_getsTheFactsAndNoOtherVariables() throws InterruptedException {
        HookResult result = action(Map.of("OWN", "value"), "env").run(FACTS, LONG);

        assertThat(result.isSuccess()).isTrue();
        assertThat(result.output().lines())
                .containsExactlyInAnyOrder(
                        "OWN=value",
                        "TIDEMARK_HOOK=after-backup",
                        "TIDEMARK_NAMESPACE=bank",
                        "TIDEMARK_OPERATION=backup-1",
                        "TIDEMARK_OPERATION_TYPE=backup",
                        "TIDEMARK_BACKUP=backup-1",
                        "TIDEMARK_OUTCOME=FAILED");
    }

    @Test
    void run_argumentsWithMeaningForAShell_arePassedAsTheyAre() throws InterruptedException {
        assertThat(action(Map.of(), "printf", "%s|", "$HOME", "a b", "; exit 3")
                        .run(FACTS, LONG)
                        .output())
                .isEqualTo("$HOME|a b|; exit 3|");
    }

    @Test
    void run_failingProgram_failsWithItsCodeAndWhatItPrinted() throws InterruptedException {
        HookResult result = shell("echo to out; echo to err >&2; exit 7").run(FACTS, LONG);

        assertThat(result.problem()).isEqualTo("has ended with exit code 7");
        assertThat(result.output()).isEqualTo("to out\nto err");
    }

    @Test
    void run_missingProgram_failsWithItsName() throws InterruptedException {
        assertThat(action(Map.of(), "/no/such/program").run(FACTS, LONG).problem())
                .contains("can't be started", "/no/such/program");
    }

    @Test
    void run_endlessOutput_keepsTheEndAndIsKilled() throws InterruptedException {
        HookResult result = action(Map.of(), "yes").run(FACTS, Duration.ofSeconds(1));

        assertThat(result.problem()).contains("was killed");
        assertThat(result.output()).startsWith("(").contains("bytes left out").hasSizeLessThan(17_000);
    }

    @Test
    void run_muchOutput_keepsTheEnd() throws InterruptedException {
        HookResult result = shell("seq 1 200000; echo the end").run(FACTS, LONG);

        assertThat(result.isSuccess()).isTrue();
        assertThat(result.output()).endsWith("200000\nthe end").hasSizeLessThan(17_000);
    }

    @Test
    void run_hangingProgram_isKilledWithItsChildren() throws IOException, InterruptedException {
        Path pid = directory.resolve("pid");

        HookResult result =
                shell("sleep 300 & echo $! >'" + pid + "'; echo waiting; wait").run(FACTS, Duration.ofSeconds(1));

        assertThat(result.problem()).isEqualTo("has not ended within 1 s and was killed");
        assertThat(result.output()).isEqualTo("waiting");
        assertDead(pid);
    }

    @Test
    void run_programThatLeavesAnotherBehind_doesNotWaitForItsOutput() throws IOException, InterruptedException {
        Path pid = directory.resolve("pid");

        HookResult result = shell("sleep 300 & echo $! >'" + pid + "'").run(FACTS, LONG);

        assertThat(result.isSuccess()).isTrue();
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void run_interrupted_killsTheProgram() throws Exception {
        Path pid = directory.resolve("pid");
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                shell("echo $$ >'" + pid + ".new'; mv '" + pid + ".new' '" + pid + "'; exec sleep 300")
                        .run(FACTS, LONG);
                thrown.complete(null);
            } catch (InterruptedException e) {
                thrown.complete(e);
            }
        });
        thread.start();
        while (!Files.exists(pid)) {
            Thread.onSpinWait();
        }

        thread.interrupt();

        assertThat(thrown.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertDead(pid);
    }

    @Test
    void hook_limitsAndFailures_areChecked() {
        assertThatThrownBy(() ->
                        new Hook(HookMoment.AFTER_RESTORE, shell("true"), Duration.ofSeconds(5), Hook.OnFailure.FAIL))
                .hasMessageContaining("'after-restore' hook is 'fail' (expected: warn");
        assertThatThrownBy(() ->
                        new Hook(HookMoment.BEFORE_RESTORE, shell("true"), Duration.ofHours(2), Hook.OnFailure.FAIL))
                .hasMessageContaining("'timeout' is PT2H (expected: PT1S to PT1H)");
    }

    /** A process that was killed may be there until its parent has asked for its end. */
    private static void assertDead(Path pid) throws IOException {
        long number = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(number)
                .ifPresent(process ->
                        process.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        assertThat(ProcessHandle.of(number).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
    }

    private static CommandAction shell(String script) {
        return action(Map.of("PATH", "/usr/bin:/bin"), "sh", "-c", script);
    }

    private static CommandAction action(Map<String, String> environment, String... command) {
        return new CommandAction(List.of(command), environment, MonotonicClock.system());
    }
}
