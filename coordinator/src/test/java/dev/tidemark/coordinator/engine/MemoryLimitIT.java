package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Holds the memory limit that is promised: each case in a process of its own with a heap of 256 MiB. */
@Execution(ExecutionMode.CONCURRENT)
class MemoryLimitIT {
    @TempDir
    private Path directory;

    @Test
    void backupAndRestore_storeOfTwiceTheHeap_fitsIntoTheHeap() throws Exception {
        run("rocksdb", "512");
    }

    @Test
    void backupAndRestore_100000SmallFiles_fitsIntoTheHeap() throws Exception {
        run("files", "100000", "1024");
    }

    /** A million with {@code -Dtests.all}; what was held for each entry would be too much for the heap with a quarter of them. */
    @Test
    void backupAndRestore_manifestWithManyEntries_fitsIntoTheHeap() throws Exception {
        run("files", Boolean.getBoolean("tests.all") ? "1000000" : "250000", "8");
    }

    private void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryLimitProcess.class.getName()));
        command.addAll(List.of(arguments));
        command.add(directory.toString());
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        int exitCode = process.waitFor();

        String text = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(text);
        assertThat(exitCode).as(text).isZero();
    }
}
