package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Commands on a machine that lacks something, in a process of its own: one that may mount, or one that may open few files. What fails
 * says so; what was there is there; with the next command all is as if nothing had been missing.
 */
final class ScarceMachine {
    private static final List<String> PARTS = List.of("archive", "store", "oracle");
    private static final int MAX_FILES = 3_000;

    private final Path directory;
    private final Installation original;
    private final String digest;

    private ScarceMachine(Path directory) throws IOException {
        this.directory = directory;
        original = Installation.withTwoBackups(Files.createDirectory(directory.resolve("original")));
        digest = digest(original);
    }

    /** Arguments: {@code mounts} or {@code descriptors}, and an empty directory. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ScarceMachine machine = new ScarceMachine(Path.of(arguments[1]));
        if (arguments[0].equals("mounts")) {
            for (String part : PARTS) {
                machine.withoutFileNames(part);
                machine.withReadOnly(part);
            }
            machine.withAnotherDevice(
                    "archive/ns", "backup bank", ErrorCode.ARCHIVE_TOO_WEAK, "HINT: .*one filesystem");
            machine.withAnotherDevice(
                    "store/snapshots", "backup bank", ErrorCode.INSUFFICIENT_COVERAGE, "ERROR: .*cross-device link");
            machine.withAnotherDevice(
                    "store/restore",
                    "restore bank --replace-existing",
                    ErrorCode.STORE_UNAVAILABLE,
                    "HINT: .*one filesystem");
        } else {
            machine.withFewDescriptors();
        }
        System.out.println("DONE");
    }

    /** F2: the filesystem has bytes and no more file names. */
    private void withoutFileNames(String part) throws IOException, InterruptedException {
        Installation site = copy("names-" + part);
        Path place = mount(site, part, "nr_inodes=" + MAX_FILES);
        List<Path> filling = new ArrayList<>();
        Path folder = Files.createDirectory(place.resolve(".filling"));
        while (filling.size() <= MAX_FILES && tryCreate(folder.resolve("f" + filling.size()), filling)) {
            // until there is no name left
        }
        assertThat(filling).hasSizeBetween(1, MAX_FILES);
        String line = part.equals("store") ? "restore bank --replace-existing" : "backup bank";
        refuse(site, line, ErrorCode.DISK_FULL, "HINT: .*df -i");
        assertReadable(site);
        for (Path file : filling) {
            Files.delete(file);
        }
        assertGoesOn(site);
        unmount(place);
    }

    private static boolean tryCreate(Path file, List<Path> created) {
        try {
            created.add(Files.createFile(file));
            return true;
        } catch (IOException e) {
            assertThat(e.getMessage()).contains("No space left");
            return false;
        }
    }

    /** F3: the filesystem can't be written, as after an error of the disk. */
    private void withReadOnly(String part) throws IOException, InterruptedException {
        Installation site = copy("read-only-" + part);
        Path place = mount(site, part, "size=256m");
        system("mount", "-o", "remount,ro", place.toString());
        ErrorCode code =
                switch (part) {
                    case "archive" -> ErrorCode.ARCHIVE_UNAVAILABLE;
                    case "store" -> ErrorCode.STORE_UNAVAILABLE;
                    default -> ErrorCode.ORACLE_UNAVAILABLE;
                };
        refuse(site, "backup bank", code, "HINT: .*writable");
        assertReadable(site);
        system("mount", "-o", "remount,rw", place.toString());
        assertGoesOn(site);
        unmount(place);
    }

    /** F7: a part of a directory tree is on another filesystem, to which nothing can be renamed or linked. */
    private void withAnotherDevice(String part, String line, ErrorCode code, String said)
            throws IOException, InterruptedException {
        Installation site = copy("device-" + part.replace('/', '-'));
        Path place = mount(site, part, "size=256m");
        refuse(site, line, code, said);
        assertReadable(site);
        system("cp", "-a", place + "/.", place + ".disk");
        unmount(place);
        Installation.delete(place);
        Files.move(place.resolveSibling(place.getFileName() + ".disk"), place);
        assertGoesOn(site);
    }

    /** F9: the process can open few more files, or none. */
    private void withFewDescriptors() throws IOException {
        Installation site = copy("descriptors");
        assertGoesOn(site); // all that it needs is loaded then
        site.succeed("restore bank --replace-existing");
        site.run("backup nobody");
        ClassLoader.getSystemResource("in/no/jar");
        int refused = 0;
        for (int left : new int[] {0, 2, 4, 8, 12, 16, 24}) {
            String line = left % 8 == 0 ? "backup bank" : "restore bank --replace-existing";
            CommandRun run = withDescriptors(left, site, line);
            if (run.exitCode() != 0) {
                assertExplained(line + " with " + left, run);
                assertThat(run.err()).contains("oo many open files");
                refused++;
            }
            resumeIfUnfinished(site);
        }
        assertThat(refused).isPositive();
        assertGoesOn(site);
    }

    private static CommandRun withDescriptors(int left, Installation site, String line) throws IOException {
        Deque<InputStream> open = new ArrayDeque<>();
        try {
            try {
                while (true) {
                    open.push(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                assertThat(e.getMessage()).contains("Too many open files");
            }
            for (int i = 0; i < left; i++) {
                open.pop().close();
            }
            return site.run(line);
        } finally {
            for (InputStream stream : open) {
                stream.close();
            }
        }
    }

    private Installation copy(String name) throws IOException {
        return original.copyTo(Files.createDirectory(directory.resolve(name)));
    }

    /** Moves a part of an installation to a filesystem of its own. */
    private static Path mount(Installation site, String part, String options) throws IOException, InterruptedException {
        Path place = site.resolve(part);
        Path disk = place.resolveSibling(place.getFileName() + ".disk");
        if (Files.exists(place)) {
            Files.move(place, disk);
        } else {
            Files.createDirectory(disk);
        }
        Files.createDirectory(place);
        system("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString());
        system("cp", "-a", disk + "/.", place.toString());
        Installation.delete(disk);
        Files.createDirectory(disk);
        return place;
    }

    private static void unmount(Path place) throws IOException, InterruptedException {
        system("umount", place.toString());
    }

    private static void system(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    private static void refuse(Installation site, String line, ErrorCode code, String said) {
        CommandRun run = site.run(line);
        assertExplained(line, run);
        assertThat(run.exitCode()).as(line + ": " + run.err()).isEqualTo(code.exitCode());
        assertThat(run.err()).containsPattern("(?m)^" + said);
    }

    private static void assertExplained(String line, CommandRun run) {
        System.out.println(line + " -> " + run.exitCode() + " " + run.err().strip());
        assertThat(run.exitCode()).as(line + ": " + run.err()).isNotEqualTo(ErrorCode.INTERNAL.exitCode());
        assertThat(run.err()).as(line).containsPattern("(?m)^ERROR: \\S.*\nHINT: [A-Z].*$");
        assertThat(run.err()).as(line).doesNotContain("\tat ", "null");
    }

    /** What was backed up can be looked at. */
    private static void assertReadable(Installation site) {
        assertThat(site.succeed("backups").get("backups")).hasSizeGreaterThanOrEqualTo(2);
        site.succeed("verify --level 2");
    }

    /** What is unfinished goes on, then everything works and nothing is lost. */
    private void assertGoesOn(Installation site) {
        resumeIfUnfinished(site);
        assertThat(digest(site)).isEqualTo(digest);
        site.succeed("backup bank");
        site.succeed("verify --level 2");
    }

    private static void resumeIfUnfinished(Installation site) {
        boolean isUnfinished = false;
        for (JsonNode operation : site.succeed("operations").get("operations")) {
            isUnfinished |= operation.get("outcome").asText().equals("unfinished");
        }
        if (isUnfinished) {
            site.succeed("resume bank");
        }
    }

    private static String digest(Installation site) {
        long timestamp = site.succeed("timestamp fetch").get("timestamp").asLong();
        return site.succeed("digest bank --at " + timestamp).get("digest").asText();
    }
}
