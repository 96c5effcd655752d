package dev.tidemark.coordinator.archive;

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

/** Large backups in a process with a heap of 256 MiB. */
@Execution(ExecutionMode.CONCURRENT)
class ArchiveMemoryIT {
    @TempDir
    private Path folder;

    @Test
    void largeArchive_smallHeap_works() throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LargeArchive.class.getName(),
                        folder.resolve("archive").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        boolean hasEnded = process.waitFor(10, TimeUnit.MINUTES);
        process.destroyForcibly();

        assertThat(hasEnded).isTrue();
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).endsWith("done\n");
        assertThat(process.exitValue()).isZero();
    }
}
