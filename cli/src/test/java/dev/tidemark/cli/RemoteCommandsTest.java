package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that ask a service ({@code --server}), in a directory that has neither configuration nor archive. */
@Timeout(180)
class RemoteCommandsTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path elsewhere;

    private final CountDownLatch copying = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean isHeldUp;

    private Installation bank;
    private ServiceSite service;

    @BeforeEach
    void start() {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        service = new ServiceSite(bank, ListenerTrap.onStep("copy", this::holdUp));
    }

    private void holdUp() {
        copying.countDown();
        try {
            if (isHeldUp) {
                released.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        released.countDown();
        service.close();
    }

    @Test
    void backupAndRestore_throughTheService_areThoseOfTheCommands() {
        CommandRun backup = remote("backup bank --label by=hand");
        assertThat(backup.exitCode()).as(backup.err()).isZero();
        assertThat(backup.out()).contains("' of namespace 'bank' is complete").contains("backup timestamp");
        assertThat(backup.err()).contains("backup '").contains("copy: done in").doesNotContain(service.token());
        bank.loseStore();

        assertThat(remote("restore bank --dry-run").out()).startsWith("Plan to restore backup");
        assertThat(bank.resolve("store")).doesNotExist();
        JsonNode restore = remote("restore bank --json").json();

        assertThat(restore.get("backup").asText()).isEqualTo(bank.backups().get(0));
        assertThat(restore.get("resumed").asBoolean()).isFalse();
        assertThat(bank.resolve("store")).isDirectory();
    }

    /** What is read is the same to the letter, as text and as JSON; what counts from now on is left out. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "backups",
                "backups bank",
                "show bank latest",
                "operations bank",
                "holds",
                "verify --coverage",
                "expire bank --dry-run"
            })
    void command_thatReads_showsWhatItShowsHere(String line) {
        assertThat(remote("backup bank --label a=b --next-due P2D").exitCode()).isZero();
        assertThat(remote("hold bank latest --reason audit").exitCode()).isZero();
        bank.succeed("annotate bank latest note=first");

        assertThat(remote(line).out()).isEqualTo(bank.run(line).out());
        assertThat(remote(line + " --json").json())
                .isEqualTo(bank.run(line + " --json").json());
    }

    @Test
    void backups_thatAreDamaged_areShownAsDamaged() throws IOException {
        remote("backup bank");
        Path pack = bank.objects("ns/bank/packs/").get(0);
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.write(pack, bytes);
        assertThat(bank.run("verify bank --level 2").exitCode()).isEqualTo(73);

        for (String line : List.of("backups", "show bank latest")) {
            assertThat(remote(line).out())
                    .contains("DAMAGED")
                    .isEqualTo(bank.run(line).out());
            assertThat(remote(line + " --json").json())
                    .isEqualTo(bank.run(line + " --json").json());
        }
    }

    @Test
    void status_throughTheService_hasTheExitCodeOfTheState() {
        CommandRun late = remote("status");
        assertThat(late.exitCode()).isEqualTo(75);
        assertThat(late.out()).contains("LATE: namespace 'bank': there is no good backup");
        remote("backup bank");

        CommandRun status = remote("status bank");

        assertThat(status.exitCode()).isZero();
        assertThat(status.out().lines()).hasSize(2);
        assertThat(remote("status --json")
                        .json()
                        .at("/namespaces/0/newestGood/backup")
                        .asText())
                .isEqualTo(bank.backups().get(0));
    }

    @Test
    void holds_placedAndReleased_areThoseOfTheService() {
        remote("backup bank");

        JsonNode hold =
                remote("hold bank latest --reason audit --for P1D --json").json();
        assertThat(hold.get("placedBy").asText()).isEqualTo("ann");
        assertThat(hold.get("expiresAt").asText()).startsWith("20");
        CommandRun released = remote("release bank " + hold.get("hold").asText());

        assertThat(released.exitCode()).as(released.err()).isZero();
        assertThat(remote("holds").out()).isEqualTo("There are no holds.\n");
    }

    @Test
    void upkeep_throughTheService_isDone() {
        remote("backup bank");
        remote("backup bank");
        String older = bank.backups().get(0);

        CommandRun verify = remote("verify bank --level 2 --budget daily --json");
        assertThat(verify.json().get("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(remote("verify bank").exitCode()).isEqualTo(2);
        assertThat(remote("expire bank " + older + " --dry-run").out()).contains("1 backup would be removed");
        assertThat(remote("expire bank " + older).out())
                .contains("1 backup was removed")
                .contains(older);
        assertThat(bank.backups()).hasSize(1);
        CommandRun orders = remote("orders list");
        assertThat(orders.out()).startsWith("NAMESPACE").contains("expire", "verify", "backup", "succeeded", "ann");
        assertThat(remote("resume bank").exitCode()).isEqualTo(ErrorCode.UNKNOWN_OPERATION.exitCode());
    }

    @Test
    void rewindAndUndo_throughTheService_areDone() {
        String timestamp =
                remote("backup bank --json").json().get("backupTimestamp").asText();

        assertThat(remote("rewind bank --to " + timestamp + " --dry-run").out()).startsWith("Plan to rewind");
        CommandRun rewind = remote("rewind bank --to " + timestamp);
        assertThat(rewind.exitCode()).as(rewind.err()).isZero();
        assertThat(rewind.out()).contains("is rewound to timestamp " + timestamp);
        assertThat(remote("undo bank --dry-run").out()).startsWith("Plan to undo rewind");
        CommandRun undo = remote("undo bank");
        assertThat(undo.exitCode()).as(undo.err()).isZero();
        assertThat(undo.out()).contains("is undone");
    }

    @Test
    void failure_ofAnOrder_hasItsCodeMessageAndHint() {
        remote("backup bank");

        CommandRun restore = remote("restore bank");

        assertThat(restore.exitCode()).isEqualTo(ErrorCode.STORE_NOT_EMPTY.exitCode());
        assertThat(restore.err()).containsPattern("(?m)^ERROR: .*\nHINT: [A-Z].*$");
        assertThat(remote("show nowhere latest").exitCode()).isEqualTo(ErrorCode.UNKNOWN_NAMESPACE.exitCode());
        assertThat(remote("show bank none --json").json().at("/error/code").asText())
                .isEqualTo("UNKNOWN_BACKUP");
    }

    @Test
    void interruption_ofTheCommand_leavesTheOrderRunningAndSaysHowToWatchIt() throws Exception {
        isHeldUp = true;
        FutureTask<CommandRun> command = new FutureTask<>(() -> remote("backup bank"));
        Thread thread = new Thread(command, "command");
        thread.start();
        assertThat(copying.await(60, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();

        CommandRun interrupted = command.get(60, TimeUnit.SECONDS);
        assertThat(interrupted.exitCode()).isEqualTo(130);
        String order =
                service.get("/api/v1/namespaces/bank/orders").at("/orders/0/id").asText();
        assertThat(interrupted.err())
                .contains("goes on at the service")
                .contains("tidemark orders watch bank " + order);
        released.countDown();
        CommandRun watched = remote("orders watch bank " + order);
        assertThat(watched.exitCode()).as(watched.err()).isZero();
        assertThat(watched.out()).contains("has succeeded");
        assertThat(bank.backups()).hasSize(1);
    }

    @Test
    void cancel_ofAnOperation_cancelsItsOrder() throws Exception {
        isHeldUp = true;
        FutureTask<CommandRun> command = new FutureTask<>(() -> remote("backup bank"));
        new Thread(command, "command").start();
        assertThat(copying.await(60, TimeUnit.SECONDS)).isTrue();
        String operation = service.get("/api/v1/namespaces/bank/orders")
                .at("/orders/0/operationId")
                .asText();

        CommandRun cancelled = remote("cancel bank " + operation);

        released.countDown();
        assertThat(cancelled.exitCode()).as(cancelled.err()).isZero();
        assertThat(command.get(60, TimeUnit.SECONDS).exitCode()).isEqualTo(ErrorCode.OPERATION_CANCELLED.exitCode());
        assertThat(service.get("/api/v1/namespaces/bank/backups").get("total").asInt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gc bank",
                "archive init",
                "demo",
                "restore bank --external x",
                "backup bank --archive other",
                "shred bank",
                "check",
                "verify bank --level 1"
            })
    void command_thatTheServiceDoesNotDo_isRefused(String line) {
        CommandRun run = remote(line);

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(run.err()).contains("--server");
    }

    @Test
    void token_missingOrWrong_isSaidWithoutShowingIt() throws IOException {
        List<String> noToken = arguments("status", service.uri("").toString());
        CommandRun missing = CommandRun.in(elsewhere, Map.of(), noToken.toArray(String[]::new));
        assertThat(missing.exitCode()).isEqualTo(ErrorCode.INVALID_CONFIGURATION.exitCode());
        assertThat(missing.err()).contains("TIDEMARK_TOKEN");

        String wrong = "tdm_" + "w".repeat(43);
        CommandRun refused = CommandRun.in(elsewhere, Map.of("TIDEMARK_TOKEN", wrong), noToken.toArray(String[]::new));
        assertThat(refused.exitCode()).isEqualTo(ErrorCode.UNAUTHORIZED.exitCode());
        assertThat(refused.out() + refused.err()).doesNotContain(wrong);

        Path file = Files.writeString(elsewhere.resolve("token"), service.token() + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        List<String> withFile =
                arguments("status --token-file token", service.uri("").toString());
        assertThat(CommandRun.in(elsewhere, Map.of(), withFile.toArray(String[]::new))
                        .exitCode())
                .isEqualTo(75);
    }

    @Test
    void options_aboutAService_withoutAServer_areRefused() {
        assertThat(bank.run("status --approval x").exitCode()).isEqualTo(2);
        assertThat(bank.run("orders list").exitCode()).isEqualTo(2);
        assertThat(CommandRun.in(elsewhere, "status", "--server", "not an address")
                        .exitCode())
                .isNotZero();
    }

    private CommandRun remote(String line) {
        return CommandRun.in(
                elsewhere,
                Map.of("TIDEMARK_TOKEN", service.token()),
                arguments(line, service.uri("").toString()).toArray(String[]::new));
    }

    private static List<String> arguments(String line, String server) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", server));
        return arguments;
    }
}
