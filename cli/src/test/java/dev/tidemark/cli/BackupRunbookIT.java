package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what the runbook of a backup says, to the letter, after store and oracle are lost. */
@Timeout(300)
class BackupRunbookIT {
    @TempDir
    private Path directory;

    private Installation bank;
    private Path elsewhere;
    private String id;
    private String timestamp;
    private String digest;

    @BeforeEach
    void setUp() throws IOException {
        Path site = Files.createDirectory(directory.resolve("it's a site"));
        CommandRun.configure(site);
        bank = new Installation(site);
        bank.write(1);
        bank.succeed("archive init");
        timestamp = bank.succeed("backup bank").get("backupTimestamp").asText();
        id = bank.backups().get(0);
        digest = digest();
        bank.write(2);
        bank.loseStore();
        Files.move(bank.resolve("oracle"), bank.resolve("oracle.lost"));
        // The machine has nothing but the runbook, the key and the archive.
        elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path program = Files.writeString(
                elsewhere.resolve("tidemark"),
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '" + System.getProperty("java.class.path")
                        + "' dev.tidemark.cli.Tidemark \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void page_commandsOneAfterTheOther_bringTheStoreBack() throws IOException, InterruptedException {
        String page = stored("RESTORE.rst");
        Files.delete(bank.resolve("tidemark.yml"));

        Run run = bash("set -euo pipefail\n" + commands(page), "");

        assertThat(run.exitCode).as(run.output).isZero();
        assertThat(run.output).contains("Namespace 'bank' is restored from backup '" + id + "'", "succeeded");
        CommandRun.configure(bank.directory());
        assertThat(digest()).isEqualTo(digest);
    }

    @Test
    void script_confirmed_bringsTheStoreBackAndWithoutThatDoesNothing() throws IOException, InterruptedException {
        String script = stored("restore.sh");
        Files.delete(bank.resolve("tidemark.yml"));
        Files.createDirectory(bank.resolve("store"));
        Files.writeString(bank.resolve("store/left"), "over");

        Run refused = bash(script, "");
        assertThat(refused.exitCode).isEqualTo(2);
        assertThat(refused.output).contains("CONFIRM=" + id);
        assertThat(bank.resolve("store/left")).exists();
        Run run = bash(script, id);

        assertThat(run.exitCode).as(run.output).isZero();
        assertThat(bank.resolve("store.before-" + id + "/left")).exists();
        CommandRun.configure(bank.directory());
        assertThat(digest()).isEqualTo(digest);
    }

    @Test
    void script_keyIsMissing_saysSoBeforeItChangesAnything() throws IOException, InterruptedException {
        String script = stored("restore.sh");
        Files.move(bank.resolve("key"), bank.resolve("key.away"));

        Run run = bash(script, id);

        assertThat(run.exitCode).isNotZero();
        assertThat(run.output).contains("missing, needed for archive.key: " + bank.resolve("key"));
        assertThat(elsewhere.resolve("restore-" + id + ".yml")).doesNotExist();
    }

    /** As somebody reads it who has nothing but a way to the files; the first line is the signature. */
    private String stored(String name) throws IOException {
        String text = Files.readString(bank.resolve("archive/ns/bank/runbooks/" + id + "/" + name));
        return text.substring(text.indexOf('\n') + 1);
    }

    private static String commands(String page) {
        List<String> commands = new ArrayList<>();
        boolean isInBlock = false;
        for (String line : page.lines().toList()) {
            isInBlock = line.equals(".. code-block:: bash") || isInBlock && (line.isEmpty() || line.startsWith("   "));
            if (isInBlock && line.startsWith("   ")) {
                commands.add(line.substring(3));
            }
        }
        return String.join("\n", commands) + "\n";
    }

    private String digest() {
        return CommandRun.in(bank.directory(), "digest", "bank", "--at", timestamp, "--json")
                .json()
                .get("digest")
                .asText();
    }

    private Run bash(String script, String confirmation) throws IOException, InterruptedException {
        Path file = Files.writeString(elsewhere.resolve("script"), script);
        Path output = elsewhere.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", file.toString())
                .directory(elsewhere.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", elsewhere + ":" + System.getenv("PATH"));
        builder.environment().put("CONFIRM", confirmation);
        Process process = builder.start();
        assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    private record Run(int exitCode, String output) {}
}
