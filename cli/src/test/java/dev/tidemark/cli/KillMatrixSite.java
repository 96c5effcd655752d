package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.KillMatrix.Command;
import dev.tidemark.cli.demo.LiveBank;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A copy of the prepared bank on which one command is disturbed and completed, and what must be true of it afterwards. */
record KillMatrixSite(PreparedBank bank, Command command, Installation installation) {
    /** What lies in the archive without harm: objects without a manifest, the journal of an operation that never began. */
    private static final Pattern UNREFERENCED =
            Pattern.compile("archive/ns/bank/(packs/..|packs/../.*|index/.*|lists/.*|journal/[^/]*(/0000000[12])?)");

    private static final String LOCK = "archive/ns/bank/lock/";
    private static final String TEMPORARY = "archive/tmp/";
    private static final Set<String> CLOSING_STEPS = Set.of("load", "safety-copy", "bring-back");

    static KillMatrixSite prepare(PreparedBank bank, Command command, Path directory) {
        Installation copy = command == Command.UNDO ? bank.rewound().copyTo(directory) : bank.copyTo(directory);
        if (command == Command.RESTORE) {
            Installation.delete(copy.resolve("store"));
            Installation.delete(copy.resolve("oracle"));
        }
        return new KillMatrixSite(bank, command, copy);
    }

    String[] commandLine() {
        String line =
                switch (command) {
                    case BACKUP -> "backup bank";
                    case RESTORE -> "restore bank --backup " + bank.backup();
                    case RESTORE_OVER_DATA -> "restore bank --replace-existing --backup " + bank.backup();
                    case REWIND -> "rewind bank --to " + bank.backupTimestamp();
                    case UNDO -> "undo bank";
                };
        return (line + " --json").split(" ");
    }

    /** Runs what an operator would run next until the operation has succeeded. */
    void complete() {
        assertThat(completeUnless(null)).isTrue();
    }

    /** As {@link #complete}, but stops when the command is refused with the error. */
    boolean completeUnless(ErrorCode refusal) {
        List<JsonNode> operations = operations();
        boolean isSuccess = operations.stream().anyMatch(operation -> is(operation, "succeeded"));
        if (isSuccess) {
            return true;
        }
        boolean isUnfinished = operations.stream().anyMatch(operation -> is(operation, "unfinished"));
        CommandRun run = isUnfinished
                ? installation.run("resume bank --json")
                : CommandRun.in(installation.directory(), commandLine());
        if (refusal != null && run.exitCode() == refusal.exitCode()) {
            return false;
        }
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return true;
    }

    /** Once an operation has changed a store's data, nobody can open the store until it is complete. */
    void assertClosedWhileIncomplete() {
        operations().stream()
                .filter(operation -> is(operation, "unfinished"))
                .filter(operation -> names(operation.get("stepsDone")).stream().anyMatch(CLOSING_STEPS::contains))
                .filter(operation -> !names(operation.get("stepsDone")).contains("complete"))
                .filter(operation -> !operation.get("currentStep").asText().equals("complete"))
                .forEach(operation -> assertThatThrownBy(
                                () -> LiveBank.stateOf(installation.resolve("store"), bank.last()))
                        .isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.RESTORE_INCOMPLETE)));
    }

    /** What has failed for good has brought back what was there before. */
    void assertAsBeforeIfFailed() {
        if (command != Command.RESTORE && operations().stream().anyMatch(operation -> is(operation, "failed"))) {
            assertThat(LiveBank.stateOf(installation.resolve("store"), bank.last()))
                    .isEqualTo(command == Command.UNDO ? bank.stateAtBackup() : bank.stateAtLast());
        }
    }

    /**
     * Checks every invariant.
     *
     * @param areSnapshotsLeft whether the store could not be reached when they had to go; the next backup removes them
     */
    void assertAsIfNothingHadHappened(boolean areSnapshotsLeft) throws IOException {
        assertNothingIsLeft();
        assertThat(files("store/snapshots")).hasSize(areSnapshotsLeft ? 1 : 0);
        assertThat(installation.run("verify bank --level 2").exitCode()).isZero();
        installation.succeed("audit verify");
        long fresh = installation.succeed("timestamp fetch").get("timestamp").asLong();
        assertThat(fresh).as("timestamps only grow").isGreaterThan(lastTimestamp());
        assertThat(installation.succeed("timestamp fetch -i").get("timestamp").asLong())
                .as("nobody holds the immutable timestamp")
                .isGreaterThanOrEqualTo(fresh);
        boolean isLatest = command == Command.BACKUP || command == Command.UNDO;
        assertThat(LiveBank.stateOf(installation.resolve("store"), fresh))
                .isEqualTo(isLatest ? bank.stateAtLast() : bank.stateAtBackup());
        if (command == Command.BACKUP) {
            assertBackedUp();
        }
        JsonNode next = installation.succeed("backup bank");
        assertThat(next.get("resumed").asBoolean()).as("the lock is free").isFalse();
        assertThat(next.get("backupTimestamp").asLong()).isGreaterThan(fresh);
        assertThat(files("store/snapshots")).isEmpty();
        assertThat(files("archive/tmp")).as("whoever writes next removes them").isEmpty();
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(operations()).noneMatch(operation -> is(operation, "unfinished"));
        assertThat(operations())
                .filteredOn(operation -> is(operation, "succeeded"))
                .hasSize(1);
        assertThat(files("store/restore"))
                .as("nothing but the greatest epoch seen")
                .allMatch(name -> name.startsWith(".epoch-"));
        boolean isUndoable = command == Command.REWIND || command == Command.RESTORE_OVER_DATA;
        assertThat(files("store/safety")).as("safety copies").hasSize(isUndoable ? 1 : 0);
    }

    private void assertBackedUp() throws IOException {
        JsonNode backups = installation.succeed("backups").get("backups");
        assertThat(backups).as("the earlier backup and one more").hasSize(2);
        Path scratch = Files.createDirectory(installation.resolve("scratch"));
        CommandRun.configure(scratch);
        PreparedBank.edit(scratch, "directory: archive", "directory: ../archive");
        Installation drill = new Installation(scratch);
        drill.succeed("restore bank --backup " + backups.get(0).get("backup").asText());
        long fresh = drill.succeed("timestamp fetch").get("timestamp").asLong();
        assertThat(LiveBank.stateOf(drill.resolve("store"), fresh)).isEqualTo(bank.stateAtLast());
    }

    /** Returns a timestamp that must never be issued again. */
    private long lastTimestamp() {
        return switch (command) {
            case BACKUP, RESTORE_OVER_DATA, REWIND -> bank.last();
            case UNDO -> bank.lastOfRewound();
            case RESTORE ->
                installation
                        .succeed("show bank " + bank.backup())
                        .get("fastForwardTimestamp")
                        .asLong();
        };
    }

    Inventory inventory() {
        return installation.inventory();
    }

    /**
     * Whoever goes on too late may leave objects that nothing refers to in the archive, and nothing else. The one entry of the
     * lock that it was writing when it was stopped goes again when it finds that others have come after.
     */
    void assertUnchangedSince(Inventory before) {
        Map<String, String> changed = new TreeMap<>();
        NavigableMap<String, String> after = new TreeMap<>(inventory().entries());
        after.forEach((path, content) -> {
            if (!content.equals(before.entries().get(path))) {
                changed.put(path, "is " + content);
            }
        });
        before.entries().keySet().stream()
                .filter(path -> !after.containsKey(path))
                .filter(path -> !path.startsWith(TEMPORARY)) // an object that a background thread was creating
                .forEach(path -> changed.put(path, "is gone"));
        changed.keySet().stream()
                .filter(path -> path.startsWith(LOCK) && path.compareTo(after.floorKey(LOCK + "~")) < 0)
                .findFirst()
                .filter(path -> !after.containsKey(path))
                .ifPresent(changed::remove);
        changed.keySet().removeIf(path -> !path.startsWith("archive/") && !path.startsWith("store/"));
        changed.keySet()
                .removeIf(path -> UNREFERENCED.matcher(path).matches()
                        && !before.entries().containsKey(path));
        assertThat(changed).as("changed by the process that went on too late").isEmpty();
    }

    /** Returns the operations of the case, without what was done when the bank was prepared. */
    private List<JsonNode> operations() {
        List<JsonNode> operations = new ArrayList<>();
        installation.succeed("operations").get("operations").forEach(operations::add);
        operations.removeIf(operation -> operation.get("operation").asText().equals(bank.backup())
                || !operation.get("type").asText().equals(command.type()));
        return operations;
    }

    private static boolean is(JsonNode operation, String outcome) {
        return operation.get("outcome").asText().equals(outcome);
    }

    private static List<String> names(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private List<String> files(String folder) throws IOException {
        Path path = installation.resolve(folder);
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(path)) {
            return paths.map(file -> file.getFileName().toString()).toList();
        }
    }
}
