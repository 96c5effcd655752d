package dev.tidemark.kvs.cassandra;

import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster does when its nodes are not alike. */
class ClusterChangeTest {
    private static final int NODES = 3;
    private static final int LOST = 2;
    private static final SnapshotTag BACKUP = new SnapshotTag("backup");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);

    @TempDir(factory = MemoryDisk.class)
    private Path directory;

    private final List<FakeCassandra> nodes = new ArrayList<>();
    private final List<CassandraNode> agents = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < NODES; i++) {
            FakeCassandra node = FakeAgents.node(Version.V5_0, place(i));
            node.createTable("accounts");
            node.write("accounts", "old row");
            nodes.add(node);
        }
        FakeCassandra.join(nodes);
        for (int i = 0; i < NODES; i++) {
            agents.add(FakeAgents.open(nodes.get(i), place(i), step -> {}));
            agents.get(i).snapshot(BACKUP);
            nodes.get(i).write("accounts", "row");
        }
    }

    @AfterEach
    void stop() {
        agents.forEach(CassandraNode::close);
    }

    /** A node lost its disk after the others had set their data aside, and what its agent knew with it. */
    @Test
    void prepareLoad_oneNodeIsEmptyAndHasSetNothingAside_isAccepted() throws IOException {
        SortedMap<String, Bytes> backup = backup();
        agents.forEach(agent -> agent.setAside(RESTORE));
        loseDisk();
        agents.forEach(agent -> NodeFiles.stage(agent.stage(RESTORE, 0), backup));

        change().prepareLoad(RESTORE, () -> {}, () -> {});
        agents.forEach(agent -> agent.load(RESTORE));
        agents.forEach(agent -> agent.completeRestore(RESTORE));

        assertThat(nodes).allSatisfy(node -> assertThat(node.rows("accounts")).containsExactly("old row"));
        assertThat(agents.get(0).safetyCopies()).containsExactly("r-1");
        assertThat(agents.get(LOST).safetyCopies()).isEmpty();
    }

    /** A cancellation after all have loaded: what the empty node has loaded goes with the tables that the others get back. */
    @Test
    void prepareGiveBack_oneNodeHeldNothingAndHasLoaded_othersGetBackWhatTheyHeld() throws IOException {
        SortedMap<String, Bytes> backup = backup();
        agents.forEach(agent -> agent.setAside(RESTORE));
        loseDisk();
        agents.forEach(agent -> NodeFiles.stage(agent.stage(RESTORE, 0), backup));
        change().prepareLoad(RESTORE, () -> {}, () -> {});
        agents.forEach(agent -> agent.load(RESTORE));

        change().prepareGiveBack(RESTORE, () -> {});
        agents.forEach(agent -> agent.giveBack(RESTORE));
        agents.forEach(agent -> agent.discardStaging(RESTORE));

        assertThat(agents)
                .allSatisfy(agent -> assertThat(agent.status().marks()).isEmpty());
        assertThat(nodes.get(0).rows("accounts")).containsExactly("old row", "row");
        assertThat(nodes.get(LOST).rows("accounts")).isEmpty();
    }

    /** What only it holds, and nobody has kept, would be gone. */
    @Test
    void prepareLoad_oneNodeHoldsDataAndHasSetNothingAside_isRefusedBeforeAnythingChanges() throws IOException {
        agents.forEach(agent -> agent.setAside(RESTORE));
        loseDisk();
        nodes.get(LOST).write("accounts", "row that nobody has kept");

        assertThatThrownBy(() -> change().prepareLoad(RESTORE, () -> {}, () -> {}))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(NOT_ALLOWED_NOW);
                    assertThat(e.getMessage())
                            .startsWith("nodes [" + agents.get(LOST).id() + "] hold data");
                    assertThat(e.hint()).contains("state directories");
                });

        assertThat(agents.get(0).status().marks()).extracting(ChangeMark::phase).containsExactly(Phase.KEPT);
        assertThat(agents.get(LOST).status().marks()).isEmpty();
        assertThat(nodes.get(0).rows("accounts")).containsExactly("old row", "row");
        assertThat(nodes.get(LOST).rows("accounts")).containsExactly("row that nobody has kept");
    }

    private ClusterChange change() {
        return new ClusterChange(List.copyOf(agents));
    }

    private SortedMap<String, Bytes> backup() {
        SortedMap<String, Bytes> prefixed = new TreeMap<>();
        NodeFiles.contents(agents.get(0), BACKUP).forEach((path, content) -> prefixed.put("n/" + path, content));
        return prefixed;
    }

    private void loseDisk() throws IOException {
        agents.get(LOST).close();
        DurableFiles.deleteTree(place(LOST));
        FakeCassandra empty = FakeAgents.node(Version.V5_0, place(LOST));
        empty.createTable("accounts");
        nodes.set(LOST, empty);
        FakeCassandra.join(nodes);
        agents.set(LOST, FakeAgents.open(empty, place(LOST), step -> {}));
    }

    private Path place(int node) {
        return directory.resolve("node" + node);
    }
}
