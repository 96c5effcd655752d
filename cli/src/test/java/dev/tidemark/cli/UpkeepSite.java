package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.UpkeepMatrix.Command;
import dev.tidemark.cli.demo.LiveBank;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * A copy of the prepared bank of which the archive has something to do for every command, and what must be true when one was disturbed
 * and completed.
 *
 * @param kept the newest backup; it holds again what the bank's own one does
 * @param earlier ids of the operations of the preparation
 */
record UpkeepSite(PreparedBank bank, Installation installation, String kept, Set<String> earlier, Command command) {
    private static final String ARCHIVES =
            """
            archives:
              offsite:
                type: filesystem
                directory: offsite
                key:
                  type: key-file
                  file: key
            garbage:
              grace: PT0S
            """;

    /** Prepares one: the backup of the bank, a kept one, one whose objects are condemned, and one whose objects nobody needs. */
    static UpkeepSite create(PreparedBank bank, Path directory) {
        Installation site = bank.copyTo(directory);
        PreparedBank.edit(directory, "oracle:", ARCHIVES + "oracle:");
        site.succeed("archive init --archive offsite");
        site.write(1);
        String condemned = backup(site);
        site.succeed("restore bank --replace-existing --backup " + bank.backup());
        String removed = backup(site);
        String kept = backup(site);
        site.succeed("expire bank " + condemned);
        site.succeed("gc bank");
        site.succeed("expire bank " + removed);
        site.succeed("export bank " + kept + " --output bank.tar");
        UpkeepSite prepared = new UpkeepSite(bank, site, kept, Set.of(), Command.GC);
        Set<String> earlier = new TreeSet<>();
        prepared.operations().forEach(operation -> earlier.add(id(operation)));
        return new UpkeepSite(bank, site, kept, earlier, Command.GC);
    }

    private static String backup(Installation site) {
        return site.succeed("backup bank").get("backup").asText();
    }

    /** Copies it for one case. */
    UpkeepSite copyFor(Command chosen, Path directory) throws IOException {
        UpkeepSite copy = new UpkeepSite(bank, installation.copyTo(directory), kept, earlier, chosen);
        if (chosen == Command.REPAIR) {
            copy.damage();
        }
        return copy;
    }

    private void damage() throws IOException {
        for (String lost : List.of("manifests/" + bank.backup(), "index/", "inventories/" + kept)) {
            for (Path object : installation.objects("ns/bank/" + lost)) {
                Files.delete(object);
            }
        }
        for (Path list : installation.objects("ns/bank/garbage/")) {
            Files.writeString(list, "no list");
        }
        assertThat(installation.run("verify bank").exitCode()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
    }

    String[] commandLine() {
        String line =
                switch (command) {
                    case EXPIRE -> "expire bank " + bank.backup();
                    case GC -> "gc bank";
                    case REPAIR -> "repair bank";
                    case IMPORT -> "import bank bank.tar --accept-any-key --archive offsite";
                    case COPY -> "copy bank " + kept + " --to offsite";
                    case SHRED -> "shred bank --confirm bank";
                    case ROTATE -> "archive key rotate bank";
                };
        return (line + " --json").split(" ");
    }

    /** Runs what an operator would run next, until the operation has succeeded. */
    void complete() {
        List<JsonNode> operations = operations();
        if (operations.stream().anyMatch(operation -> is(operation, "succeeded"))) {
            return;
        }
        boolean isUnfinished = operations.stream().anyMatch(operation -> is(operation, "unfinished"));
        CommandRun run = isUnfinished
                ? installation.run("resume bank --json" + archiveOption())
                : CommandRun.in(installation.directory(), commandLine());
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    /** Checks everything that must hold when the command was completed. */
    void assertAsIfNothingHadHappened() throws IOException {
        assertThat(operations()).noneMatch(operation -> is(operation, "unfinished"));
        assertThat(operations())
                .filteredOn(operation -> operation.get("type").asText().equals(command.type()))
                .filteredOn(operation -> is(operation, "succeeded"))
                .hasSize(1);
        if (command == Command.SHRED) {
            assertShredded();
        } else {
            assertWhole();
        }
        assertThat(installation.succeed("backup bank").get("resumed").asBoolean())
                .as("the lock is free")
                .isFalse();
        assertThat(installation.run("verify bank --level 2" + archiveOption()).exitCode())
                .isZero();
    }

    private void assertShredded() {
        assertThat(installation.run("verify bank").exitCode()).isEqualTo(ErrorCode.KEY_DESTROYED.exitCode());
        for (String folder : List.of("keys/", "manifests/", "packs/", "lists/", "index/")) {
            assertThat(installation.objects("ns/bank/" + folder)).as(folder).isEmpty();
        }
    }

    private void assertWhole() throws IOException {
        CommandRun verified = installation.run("verify bank --level 2" + archiveOption());
        assertThat(verified.exitCode()).as(verified.out()).isZero();
        List<String> backups = new ArrayList<>();
        installation
                .succeed("backups bank" + archiveOption())
                .get("backups")
                .forEach(backup -> backups.add(backup.get("backup").asText()));
        boolean isFirstThere =
                switch (command) {
                    case GC, REPAIR, ROTATE -> true;
                    default -> false;
                };
        assertThat(backups).containsExactlyElementsOf(isFirstThere ? List.of(kept, bank.backup()) : List.of(kept));
        assertThat(installation.objects("ns/bank/removals/")).isEmpty();
        if (command == Command.GC) {
            installation.succeed("gc bank");
            assertThat(installation.objects("ns/bank/garbage/")).isEmpty();
        }
        restoreElsewhere();
    }

    private void restoreElsewhere() throws IOException {
        Path scratch = Files.createDirectory(installation.resolve("scratch"));
        CommandRun.configure(scratch);
        PreparedBank.edit(scratch, "directory: archive", "directory: ../" + command.archive());
        Installation drill = new Installation(scratch);
        drill.succeed("restore bank --backup " + kept);
        long fresh = drill.succeed("timestamp fetch").get("timestamp").asLong();
        assertThat(LiveBank.stateOf(drill.resolve("store"), fresh)).isEqualTo(bank.stateAtBackup());
    }

    /** Returns the operations of the case in the archive that the command changes. */
    private List<JsonNode> operations() {
        return StreamSupport.stream(
                        installation
                                .succeed("operations bank" + archiveOption())
                                .get("operations")
                                .spliterator(),
                        false)
                .filter(operation -> !earlier.contains(id(operation)))
                .filter(operation -> !operation.get("type").asText().equals("restore"))
                .toList();
    }

    private String archiveOption() {
        return command.archive().equals("archive") ? "" : " --archive " + command.archive();
    }

    private static String id(JsonNode operation) {
        return operation.get("operation").asText();
    }

    private static boolean is(JsonNode operation, String outcome) {
        return operation.get("outcome").asText().equals(outcome);
    }
}
