package dev.tidemark.coordinator.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the memory limit of the history checker, in a process of its own. */
class HistoryMemoryIT {
    private static final String TRANSACTIONS = "1000000";

    @TempDir
    private Path directory;

    @Test
    void check_1000000Transactions_fitsIntoTheHeap() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HistoryMemoryProcess.class.getName(),
                        TRANSACTIONS,
                        Files.createDirectory(directory.resolve("work")).toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        int exitCode = process.waitFor();

        String text = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(text);
        assertThat(exitCode).as(text).isZero();
    }
}
