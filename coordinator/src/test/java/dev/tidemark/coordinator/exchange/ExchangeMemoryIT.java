package dev.tidemark.coordinator.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** F8: a backup of 130 MiB goes out, in and across in a process with a heap of 96 MiB, most of which the packs take. */
@Execution(ExecutionMode.CONCURRENT)
class ExchangeMemoryIT {
    @TempDir
    private Path folder;

    @Test
    void exportImportAndCopy_smallHeap_work() throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ExchangeMemoryProcess.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        boolean hasEnded = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();

        assertThat(hasEnded).isTrue();
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).endsWith("done\n");
        assertThat(process.exitValue()).isZero();
    }
}
