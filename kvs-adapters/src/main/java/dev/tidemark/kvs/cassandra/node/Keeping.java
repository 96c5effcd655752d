package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.cassandra.node.Change.Tables;
import dev.tidemark.kvs.cassandra.node.Change.Way;
import dev.tidemark.kvs.node.RestoreId;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first part of every change, in which the node keeps what it holds, and the safety copies that result. Keeping is a snapshot: the
 * record that names it appears when it is whole and durable, together with the mark, and loses both together.
 */
final class Keeping {
    private static final Logger LOG = LoggerFactory.getLogger(Keeping.class);

    private final NodeState state;
    private final Fence fence;
    private final ChangeRules rules;
    private final Snapshots snapshots;
    private final LiveTables tables;

    Keeping(NodeState state, Fence fence, Snapshots snapshots, LiveTables tables) {
        this.state = state;
        this.fence = fence;
        this.rules = new ChangeRules(state);
        this.snapshots = snapshots;
        this.tables = tables;
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#setAside}. */
    void setAside(RestoreId restore) {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isPresent()) {
            rules.requireWay(change.get(), Way.SET_ASIDE, Way.LOAD);
            rules.requirePhase(change.get(), Phase.KEPT, Phase.EMPTYING, Phase.LOADING, Phase.LOADED);
            return;
        }
        if (rules.hasCompleted(restore) || hasNoKeyspace()) {
            return;
        }
        rules.requireNoSafetyCopy(restore);
        keep(
                restore,
                Tags.safetyCopy(restore.id()),
                new Change(restore, Way.SET_ASIDE, Phase.KEPT, Scope.ALL_TABLES, "", Tables.UNKNOWN),
                record -> record.withSafetyCopy(restore.id(), Scope.ALL_TABLES));
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#adopt}. */
    void adopt(RestoreId restore) {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isPresent()) {
            rules.requireWay(change.get(), Way.ADOPT);
            rules.requirePhase(change.get(), Phase.ADOPTED);
            return;
        }
        if (rules.hasCompleted(restore)) {
            return;
        }
        if (hasNoKeyspace()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the node has no table of this keyspace",
                    "Correct the name of the keyspace, or restore it from a backup.");
        }
        rules.requireNoSafetyCopy(restore);
        keep(
                restore,
                Tags.safetyCopy(restore.id()),
                new Change(restore, Way.ADOPT, Phase.ADOPTED, Scope.TRANSACTIONS_TABLES, "", Tables.UNKNOWN),
                record -> record.withSafetyCopy(restore.id(), Scope.TRANSACTIONS_TABLES));
    }

    /** As {@link dev.tidemark.kvs.cassandra.agent.CassandraAgent#keep}. */
    void keep(RestoreId restore, String safetyCopy) {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isPresent()) {
            rules.requireWay(change.get(), Way.BRING_BACK);
            rules.requirePhase(change.get(), Phase.KEPT, Phase.EMPTYING, Phase.LOADING, Phase.LOADED);
            rules.requireCopy(change.get(), safetyCopy);
            return;
        }
        if (rules.hasCompleted(restore)) {
            return;
        }
        rules.requireSafetyCopy(safetyCopy);
        rules.requireNoSafetyCopy(restore);
        requireWhole(safetyCopy);
        Scope scope = state.current().safetyCopies().get(safetyCopy);
        Change kept = new Change(restore, Way.BRING_BACK, Phase.KEPT, scope, safetyCopy, Tables.UNKNOWN);
        keep(restore, Tags.held(restore.id()), kept, record -> record);
    }

    /**
     * Takes the snapshot and marks the node. Until the mark names the snapshot it is not wanted, so that the next change removes it if
     * this one does not come that far; and one that is there already is of such an attempt: the data may have changed since.
     */
    private void keep(RestoreId restore, String tag, Change change, UnaryOperator<NodeRecord> more) {
        fence.change("announce snapshot", restore, record -> record.withUnwanted(tag));
        snapshots.remove(tag);
        if (!hasNoKeyspace()) {
            snapshots.take(tag);
        }
        fence.change("mark as " + RecordJson.textOf(change.phase()), restore, record -> more.apply(record)
                .withoutUnwanted(tag)
                .with(change));
        LOG.info("restore {} keeps what the node holds as {}", restore, tag);
    }

    /** Ends a change that nothing was changed by, or that was taken back; what it kept is not wanted any more. */
    void release(Change change) {
        String id = change.restore().id();
        fence.change(
                "remove mark",
                change.restore(),
                record -> change.way() == Way.BRING_BACK
                        ? record.withoutChange().withUnwanted(Tags.held(id))
                        : record.withoutChange().withoutSafetyCopy(id));
        LOG.info("restore {} is taken back", id);
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#completeRestore}. */
    void complete(RestoreId restore) {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isEmpty() && rules.hasCompleted(restore)) {
            return;
        }
        rules.requireOpen(restore, state.current());
        String copy = change.orElseThrow().safetyCopy();
        fence.change("record completion", restore, record -> {
            NodeRecord completed = record.withoutChange().withCompleted(restore.id());
            return copy.isEmpty()
                    ? completed
                    : completed.withoutSafetyCopy(copy).withUnwanted(Tags.held(restore.id()));
        });
        LOG.info("restore {} is complete", restore);
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#dropSafetyCopy}. */
    void drop(RestoreId restore, String safetyCopy) {
        Optional<Change> change = rules.ownChange(restore);
        boolean isNeeded = change.filter(own -> own.restore().id().equals(safetyCopy)
                        || own.safetyCopy().equals(safetyCopy))
                .isPresent();
        if (isNeeded) {
            throw ChangeRules.notAllowed(
                    "restore '" + restore + "' still needs safety copy '" + safetyCopy + "' of this node",
                    "Run 'tidemark resume " + restore + "'.");
        }
        fence.change("drop safety copy", restore, record -> record.withoutSafetyCopy(safetyCopy));
    }

    /** Returns the names of the safety copies; one that was brought back is none, unless it is given back. */
    SortedSet<String> names() {
        NodeRecord record = state.current();
        SortedSet<String> names = new TreeSet<>(record.safetyCopies().keySet());
        record.change()
                .filter(change -> change.way() == Way.BRING_BACK && change.phase() == Phase.LOADED)
                .ifPresent(change -> names.remove(change.safetyCopy()));
        return names;
    }

    /** Refuses a safety copy of which an operator has removed something, before anything is emptied for it. */
    private void requireWhole(String safetyCopy) {
        try {
            snapshots.requireWhole(Tags.safetyCopy(safetyCopy));
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.SNAPSHOT_FAILED) {
                throw e;
            }
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "safety copy '" + safetyCopy + "' of this node is not whole: " + e.getMessage(),
                    "Choose a restore whose safety copy is still there, or restore a backup.",
                    e);
        }
    }

    private boolean hasNoKeyspace() {
        return tables.in(Scope.ALL_TABLES).isEmpty();
    }
}
