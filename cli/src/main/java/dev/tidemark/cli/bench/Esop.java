package dev.tidemark.cli.bench;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Backups of a table by com.instaclustr:esop, into a local directory, each in a process of its own as its users run it. */
final class Esop {
    private static final List<String> PHASES = List.of("DOWNLOAD", "TRUNCATE", "IMPORT", "CLEANUP");

    private final CassandraTarget target;
    private final Path directory;
    private final String table;

    /** Creates a way to it; the directory is created. */
    Esop(CassandraTarget target, Path directory, String table) {
        this.target = target;
        this.directory = directory;
        this.table = table;
        try {
            Files.createDirectories(directory.resolve("conf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void backUp(String tag) {
        run("backup", tag, List.of("--create-missing-bucket"));
    }

    /** Runs all phases of a restore that links files. */
    void restore(String tag) {
        for (String phase : PHASES) {
            run(
                    "restore",
                    tag,
                    List.of(
                            "--cassandra-dir=" + target.dataDirectory().getParent(),
                            "--config-directory=" + directory.resolve("conf"),
                            "--restoration-strategy-type=HARDLINKS",
                            "--restoration-phase-type=" + phase));
        }
    }

    private void run(String action, String tag, List<String> more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                target.esop().toString(),
                action,
                "--jmx-service",
                target.jmx().getHostString() + ":" + target.jmx().getPort(),
                "--storage-location=file://" + directory.resolve("bucket/cluster/dc1/node1"),
                "--data-dir=" + target.dataDirectory(),
                "--entities=" + table,
                "--snapshot-tag=" + tag));
        command.addAll(more);
        Path log = directory.resolve("esop.log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new CliException(
                        ErrorCode.INVALID_INPUT,
                        "'" + String.join(" ", command) + "' has ended with " + exitCode + " (expected: 0): "
                                + lastLines(log),
                        "Check the jar that --esop names.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ErrorCode.INTERRUPTED, "interrupted", "Run the benchmark again.", e);
        }
    }

    private static String lastLines(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("; ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }
}
