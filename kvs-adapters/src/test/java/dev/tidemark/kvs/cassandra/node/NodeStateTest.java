package dev.tidemark.kvs.cassandra.node;

import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.cassandra.node.Change.Tables;
import dev.tidemark.kvs.cassandra.node.Change.Way;
import dev.tidemark.kvs.node.RestoreId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeStateTest {
    private static final Change CHANGE = new Change(
            new RestoreId("r-2", 12), Way.BRING_BACK, Phase.LOADING, Scope.TRANSACTIONS_TABLES, "r-1", Tables.FILLING);

    @TempDir
    private Path directory;

    @Test
    void update_everyField_isReadAgain() {
        NodeRecord record = NodeRecord.NEW
                .withIdentity("10.0.0.1-17000", "8efad4d0-16f1-4e9f-9ed1-697397f96d0a")
                .withEpoch(12)
                .withCompleted("r-0")
                .with(CHANGE)
                .withSafetyCopy("r-1", Scope.TRANSACTIONS_TABLES)
                .withSafetyCopy("r-0", Scope.ALL_TABLES)
                .withUnwanted("tidemark.held-r-0")
                .withAnotherLoad();

        open().update("step", before -> record);

        assertThat(open().current()).isEqualTo(record);
    }

    @Test
    void open_noRecord_isNew() {
        assertThat(open().current()).isEqualTo(NodeRecord.NEW);
    }

    @Test
    void update_diesBeforeTheStep_changesNothing() {
        NodeState dying = NodeState.open(directory, step -> {
            throw new IllegalStateException("died before " + step);
        });

        assertThatThrownBy(() -> dying.update("record epoch", before -> before.withEpoch(5)))
                .hasMessage("died before record epoch");

        assertThat(dying.current()).isEqualTo(NodeRecord.NEW);
        assertThat(open().current()).isEqualTo(NodeRecord.NEW);
    }

    @Test
    void update_sameRecord_writesNothing() {
        open().update("nothing", before -> before.withEpoch(0));

        assertThat(directory).isEmptyDirectory();
    }

    /** What can't be read must not be taken for nothing: a mark may be in it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"format\":2}",
                "{\"format\":1,\"change\":{\"restore\":\"r-1\",\"epoch\":1,\"way\":\"load\",\"phase\":\"hovering\"}}",
                "{\"format\":1,\"safetyCopies\":{\"r-1\":\"some-tables\"}}",
                "{\"format\":1"
            })
    void open_recordOfALaterVersionOrDamaged_isRefused(String content) throws IOException {
        Files.writeString(directory.resolve("record.json"), content);

        assertFails(STORE_DAMAGED, this::open);
    }

    @Test
    void withoutSafetyCopy_present_leavesItsSnapshotToBeRemoved() {
        NodeRecord record = NodeRecord.NEW.withSafetyCopy("r-1", Scope.ALL_TABLES);

        assertThat(record.withoutSafetyCopy("r-2")).isEqualTo(record);
        assertThat(record.withoutSafetyCopy("r-1").safetyCopies()).isEmpty();
        assertThat(record.withoutSafetyCopy("r-1").unwanted()).containsExactly("tidemark.safety-r-1");
    }

    @Test
    void change_copyWithoutBringingBack_isRefused() {
        assertThatThrownBy(() -> new Change(
                        new RestoreId("r-1", 1), Way.ADOPT, Phase.ADOPTED, Scope.ALL_TABLES, "r-0", Tables.UNKNOWN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parts_lineThatWasNotWrittenToItsEnd_isNone() throws IOException {
        PartLog log = new PartLog(directory.resolve("parts"));
        log.add("0/accounts");
        Files.writeString(directory.resolve("parts"), "0/accounts\n1/acc");
        assertThat(log.parts()).containsExactly("0/accounts");

        log.add("1/accounts");

        assertThat(log.parts()).isEqualTo(new TreeSet<>(Set.of("0/accounts", "1/accounts")));
        log.clear();
        assertThat(log.parts()).isEmpty();
    }

    private NodeState open() {
        return NodeState.open(directory, step -> {});
    }
}
