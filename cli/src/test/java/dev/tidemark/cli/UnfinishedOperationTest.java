package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other commands while an operation is half done: they are refused, and change nothing that it needs. */
class UnfinishedOperationTest {
    @TempDir
    private Path directory;

    @Test
    void anyCommand_whileARestoreIsHalfDone_isRefusedAndResumeCompletesIt() {
        Installation bank = Installation.withTwoBackups(directory);
        String older = bank.backups().get(0);
        String newer = bank.backups().get(1);
        bank.loseStore();
        assertThat(failAt("clean", "TransactionTable.split", "restore bank --backup " + older))
                .isEqualTo(ErrorCode.STORE_UNAVAILABLE.exitCode());

        bank.assertRefused("restore bank --backup " + newer, ErrorCode.OPERATION_IN_PROGRESS, older);
        bank.assertRefused("restore bank --replace-existing", ErrorCode.OPERATION_IN_PROGRESS, older);
        bank.assertRefused("undo bank", ErrorCode.OPERATION_IN_PROGRESS, "restore");
        assertThat(bank.run("backup bank").exitCode())
                .isIn(ErrorCode.OPERATION_IN_PROGRESS.exitCode(), ErrorCode.NAMESPACE_FENCED.exitCode());
        assertThat(bank.run("rewind bank --to 5").exitCode())
                .isIn(ErrorCode.OPERATION_IN_PROGRESS.exitCode(), ErrorCode.NAMESPACE_FENCED.exitCode());

        bank.succeed("resume bank");
        assertThat(bank.succeed("backup bank").get("resumed").asBoolean()).isFalse();
        assertThat(bank.succeed("verify bank --level 2").get("damaged").asInt()).isZero();
    }

    @Test
    void anyCommand_whileARewindIsHalfDone_isRefusedAndResumeCompletesIt() {
        Installation bank = Installation.withTwoBackups(directory);
        long timestamp = bank.succeed("show bank " + bank.backups().get(0))
                .get("backupTimestamp")
                .asLong();
        assertThat(failAt("clean", "TransactionTable.split", "rewind bank --to " + timestamp))
                .isEqualTo(ErrorCode.STORE_UNAVAILABLE.exitCode());

        bank.assertRefused("rewind bank --to " + (timestamp + 1), ErrorCode.OPERATION_IN_PROGRESS, "rewind");
        bank.assertRefused("undo bank", ErrorCode.OPERATION_IN_PROGRESS, "rewind");
        assertThat(bank.run("backup bank").exitCode())
                .isIn(ErrorCode.OPERATION_IN_PROGRESS.exitCode(), ErrorCode.NAMESPACE_FENCED.exitCode());

        bank.succeed("resume bank");
        bank.succeed("undo bank");
        assertThat(bank.succeed("backup bank").get("resumed").asBoolean()).isFalse();
    }

    private int failAt(String step, String call, String line) {
        Fault fault = new Fault(Fault.Kind.FAIL, step, call);
        CallObserver observer = new CallObserver((currentStep, currentCall, isDone) -> {
            if (fault.matches(currentStep, currentCall, isDone)) {
                throw fault.failure();
            }
        });
        return CommandRun.in(directory, observer, line.split(" ")).exitCode();
    }
}
