package dev.tidemark.kvs.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cassandra.node.FakeAgents;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.MemoryDisk;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Coordinator and agents die before a durable step of a change, another one in each run, on three nodes, which are restarted every
 * other time. Whoever comes after them either makes the change again to its end, or takes it back.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterChangeKillTest {
    private static final int NODES = 3;
    private static final SnapshotTag BACKUP = new SnapshotTag("backup");
    private static final String FIRST = "r-1";
    private static final String SECOND = "r-2";
    private static final String ACCOUNTS = "accounts";
    private static final String TRANSACTIONS = "_transactions2";

    @TempDir(factory = MemoryDisk.class)
    private Path directory;

    private final List<FakeCassandra> nodes = new ArrayList<>();
    private List<CassandraNode> agents = new ArrayList<>();
    private int stepsLeft = Integer.MAX_VALUE;

    private enum Flow {
        RESTORE,
        REWIND,
        UNDO_RESTORE,
        UNDO_REWIND
    }

    /** What happens after the death. */
    private enum Then {
        RESUME,
        GIVE_BACK
    }

    private record Case(Version version, Flow flow, Then then) {
        /**
         * A build takes every third step, with and without a restart, and every fifth one of the older version, which differs little;
         * with {@code -Dtests.all} it is each one, and every third.
         */
        int stride() {
            boolean isAll = Boolean.getBoolean("tests.all");
            return version == Version.V5_0 ? (isAll ? 1 : 3) : (isAll ? 3 : 5);
        }
    }

    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Version version : List.of(Version.V5_0, Version.FORK_2_2)) {
            for (Flow flow : Flow.values()) {
                for (Then then : Then.values()) {
                    cases.add(new Case(version, flow, then));
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anyChange_diesBeforeAnyStep_endsOrIsAsBefore(Case tested) throws IOException {
        boolean hasDied = true;
        for (int step = 0; hasDied; step += tested.stride()) {
            setUp(tested, step);
            SortedMap<String, Set<String>> before = content();
            Set<String> snapshotsBefore = snapshots();
            stepsLeft = step;
            hasDied = dies(() -> run(tested.flow(), 10));
            stepsLeft = Integer.MAX_VALUE;
            reopen(step % 2 == 1);

            if (tested.then() == Then.RESUME || isCompletedSomewhere(tested.flow())) {
                run(tested.flow(), 11);
                assertEnded(tested.flow(), step);
            } else {
                giveBack(tested.flow(), 11);
                assertThat(content()).as("step " + step).isEqualTo(before);
                assertThat(snapshots()).as("step " + step).isEqualTo(snapshotsBefore);
            }
            assertThat(agents).allMatch(agent -> agent.status().marks().isEmpty());
            tearDown();
        }
    }

    private void setUp(Case tested, int step) {
        for (int i = 0; i < NODES; i++) {
            FakeCassandra node = FakeAgents.node(tested.version(), place(i));
            node.createTable(ACCOUNTS);
            node.createTable(TRANSACTIONS);
            node.write(ACCOUNTS, "old account " + i);
            node.write(TRANSACTIONS, "old entry " + i);
            nodes.add(node);
        }
        FakeCassandra.join(nodes);
        open();
        agents.forEach(agent -> agent.snapshot(BACKUP));
        writeAll(ACCOUNTS, "account");
        writeAll(TRANSACTIONS, "entry");
        if (tested.flow() == Flow.UNDO_RESTORE) {
            run(Flow.RESTORE, 5);
        }
        if (tested.flow() == Flow.UNDO_REWIND) {
            run(Flow.REWIND, 5);
        }
        if (tested.flow().name().startsWith("UNDO")) {
            writeAll(ACCOUNTS, "later account");
            writeAll(TRANSACTIONS, "later entry");
        }
        assertThat(step).as("steps until the end of " + tested).isLessThan(1000);
    }

    /** Runs a change, or what is left of it; nothing that it repeats may do anything. */
    private void run(Flow flow, long epoch) {
        ClusterChange change = new ClusterChange(List.copyOf(agents));
        RestoreId first = new RestoreId(FIRST, epoch);
        RestoreId second = new RestoreId(SECOND, epoch);
        switch (flow) {
            case RESTORE -> {
                agents.forEach(agent -> stage(agent, first));
                agents.forEach(agent -> agent.setAside(first));
                change.prepareLoad(first, () -> {}, () -> {});
                agents.forEach(agent -> agent.load(first));
                agents.forEach(agent -> agent.completeRestore(first));
                agents.forEach(agent -> agent.discardStaging(first));
            }
            case REWIND -> {
                agents.forEach(agent -> agent.adopt(first));
                if (agents.stream().allMatch(agent -> !agent.status().marks().isEmpty())) {
                    writeAll(TRANSACTIONS, "aborted");
                }
                agents.forEach(agent -> agent.completeRestore(first));
            }
            case UNDO_RESTORE, UNDO_REWIND -> {
                change.prepareBringBack(second, FIRST, () -> {});
                agents.forEach(agent -> agent.bringBack(second, FIRST));
                agents.forEach(agent -> agent.completeRestore(second));
            }
        }
    }

    private void giveBack(Flow flow, long epoch) {
        RestoreId restore = new RestoreId(flow.name().startsWith("UNDO") ? SECOND : FIRST, epoch);
        Consumer<CassandraAgent> giveBack = agent -> {
            agent.giveBack(restore);
            agent.discardStaging(restore);
        };
        new ClusterChange(List.copyOf(agents)).prepareGiveBack(restore, () -> {});
        agents.subList(0, 1).forEach(giveBack);
        new ClusterChange(List.copyOf(agents)).prepareGiveBack(restore, () -> {});
        agents.forEach(giveBack);
    }

    private void assertEnded(Flow flow, int step) {
        Set<String> both = Set.of("old %s", "%s");
        Map<String, Set<String>> accounts = Map.of(
                "RESTORE",
                Set.of("old %s"),
                "REWIND",
                both,
                "UNDO_RESTORE",
                both,
                "UNDO_REWIND",
                Set.of("old %s", "%s", "later %s"));
        for (int i = 0; i < NODES; i++) {
            assertThat(nodes.get(i).rows(ACCOUNTS))
                    .as("step " + step)
                    .containsExactlyInAnyOrderElementsOf(rows(accounts.get(flow.name()), "account", i));
            Set<String> entries = flow == Flow.RESTORE ? Set.of("old %s") : both;
            assertThat(nodes.get(i).rows(TRANSACTIONS))
                    .as("step " + step)
                    .filteredOn(row -> flow != Flow.REWIND || !row.startsWith("aborted"))
                    .containsExactlyInAnyOrderElementsOf(rows(entries, "entry", i));
            assertThat(agents.get(i).safetyCopies())
                    .isEqualTo(flow.name().startsWith("UNDO") ? Set.of() : Set.of(FIRST));
        }
        assertThat(snapshots())
                .as("step " + step)
                .isEqualTo(
                        flow.name().startsWith("UNDO")
                                ? Set.of("tidemark-backup")
                                : Set.of("tidemark-backup", "tidemark.safety-r-1"));
    }

    private static Set<String> rows(Set<String> forms, String what, int node) {
        return forms.stream().map(form -> form.formatted(what) + " " + node).collect(Collectors.toSet());
    }

    /** A restore that is complete on one node is not taken back. */
    private boolean isCompletedSomewhere(Flow flow) {
        String id = flow.name().startsWith("UNDO") ? SECOND : FIRST;
        return agents.stream().anyMatch(agent -> {
            try {
                return agent.status().marks().isEmpty() && agent.isEmptyFor(new RestoreId(id, 1));
            } catch (RuntimeException e) {
                return false;
            }
        });
    }

    private void stage(CassandraNode agent, RestoreId restore) {
        boolean isLoaded = agent.status().marks().isEmpty() && agent.isEmptyFor(restore);
        if (!isLoaded) {
            SortedMap<String, Bytes> contents = new TreeMap<>();
            NodeFiles.contents(agent, BACKUP).forEach((path, content) -> contents.put("n/" + path, content));
            NodeFiles.stage(agent.stage(restore, 0), contents);
        }
    }

    private void writeAll(String table, String what) {
        for (int i = 0; i < NODES; i++) {
            String noun = table.equals(ACCOUNTS) ? "account" : "entry";
            nodes.get(i).write(table, (what.contains(noun) ? what : what + " " + noun) + " " + i);
        }
    }

    private boolean dies(Runnable run) {
        try {
            run.run();
            return false;
        } catch (Died e) {
            return true;
        }
    }

    private void before(String step) {
        if (stepsLeft-- <= 0) {
            throw new Died();
        }
    }

    private void open() {
        agents = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            agents.add(FakeAgents.open(nodes.get(i), place(i), this::before));
        }
    }

    private void reopen(boolean areNodesRestarted) {
        agents.forEach(CassandraNode::close);
        if (areNodesRestarted) {
            nodes.forEach(FakeCassandra::restart);
        }
        open();
    }

    private SortedMap<String, Set<String>> content() {
        SortedMap<String, Set<String>> content = new TreeMap<>();
        for (int i = 0; i < NODES; i++) {
            content.put(i + "." + ACCOUNTS, nodes.get(i).rows(ACCOUNTS));
            content.put(i + "." + TRANSACTIONS, nodes.get(i).rows(TRANSACTIONS));
        }
        return content;
    }

    /** Returns the names of all snapshots on all nodes, and of what was left among them. */
    private Set<String> snapshots() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(path -> path.getParent().endsWith("snapshots") && Files.isDirectory(path))
                    .map(path -> path.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path place(int node) {
        return directory.resolve("node" + node);
    }

    @AfterEach
    void tearDown() throws IOException {
        agents.forEach(CassandraNode::close);
        agents.clear();
        nodes.clear();
        for (int i = 0; i < NODES; i++) {
            DurableFiles.deleteTree(place(i));
        }
    }
}
