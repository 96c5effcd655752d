package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.RestoreId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The ways to reach a store whose nodes can each be emptied, loaded and given back alone: a restore puts every node's files where they
 * came from, and nothing happens to the store as a whole. Whoever serves such a store answers for its clients.
 */
public interface NodeByNodeConnector extends StoreConnector {
    @Override
    default List<Placement> place(List<NodeDescription> backedUp, Map<String, String> schema) {
        return Placement.onTheSameNodes(backedUp, targetNodes());
    }

    /** Such a store keeps all tables in the same files. */
    @Override
    default TableSelection select(Map<String, String> schema, Set<TableName> tables) {
        throw new KeyValueStoreException(
                ErrorCode.STORE_UNSUPPORTED,
                "tables " + new TreeSet<>(tables)
                        + " can't be restored alone: the store keeps all tables in the same files",
                "Restore the whole backup into another place, and read the tables there.");
    }

    @Override
    default List<String> otherClients() {
        return List.of();
    }

    @Override
    default void prepareLoad(RestoreId restore, Map<String, String> schema) {}

    @Override
    default void prepareBringBack(RestoreId restore, String safetyCopy) {}

    @Override
    default void prepareGiveBack(RestoreId restore) {}
}
