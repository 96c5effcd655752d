package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the local machine lacks: file names, a filesystem that can be written, one filesystem for all, file descriptors. */
@Execution(ExecutionMode.CONCURRENT)
class ScarceMachineIT {
    private static final long LIMIT_SECONDS = 240;
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /**
     * F2, F3, F7: filesystems of its own need a machine that lets a process mount in a namespace of its own, without being root. Where
     * it does not, this fails, unless the build was told so with {@code -Dwithout.mounts=true}.
     */
    @Test
    void commands_onFilesystemsThatLackSomething_areRefusedAndGoOnLater(@TempDir Path directory)
            throws IOException, InterruptedException {
        boolean canMount = run(directory, "unshare -rm mount -t tmpfs tmpfs " + directory) == 0;
        if (!canMount) {
            System.out.println("F2, F3 and F7 were NOT tried: nobody may mount here");
            assertThat(System.getProperty("without.mounts"))
                    .as("nobody may mount here; -Dwithout.mounts=true leaves this out")
                    .isEqualTo("true");
            return;
        }
        assertSucceeds(directory, "exec unshare -rm ", "mounts");
    }

    /** F9: so few descriptors that a part of the commands can't be run. */
    @Test
    void commands_withFewFileDescriptors_areRefusedAndGoOnLater(@TempDir Path directory)
            throws IOException, InterruptedException {
        assertSucceeds(directory, "ulimit -n 400; exec ", "descriptors");
    }

    private static void assertSucceeds(Path directory, String prefix, String scenario)
            throws IOException, InterruptedException {
        // A class that is loaded from a directory needs a descriptor.
        String classPath = ClassArchive.packed(Files.createDirectory(directory.resolve("classes")));
        Path work = Files.createDirectory(directory.resolve("work"));
        String java = String.join(
                " ",
                List.of(
                        prefix + JAVA,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp '" + classPath + "'",
                        ScarceMachine.class.getName(),
                        scenario,
                        "'" + work + "'"));

        int exitCode = run(directory, java);

        String output = Files.readString(directory.resolve("output"));
        assertThat(exitCode).as(output).isZero();
        assertThat(output).endsWith("DONE\n");
    }

    private static int run(Path directory, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
