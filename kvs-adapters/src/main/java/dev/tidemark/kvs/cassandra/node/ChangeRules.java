package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.node.RestoreId;
import java.util.List;
import java.util.Optional;

/** What a restore may do in which state of the node. Every question is pure; every refusal says what stands in the way. */
final class ChangeRules {
    private final NodeState state;

    ChangeRules(NodeState state) {
        this.state = state;
    }

    /** Returns the change of this restore that has not ended. */
    Optional<Change> changeOf(RestoreId restore) {
        return state.current().change().filter(change -> change.isOf(restore));
    }

    /**
     * Returns the change of this restore that has not ended.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when there is that of another restore
     */
    Optional<Change> ownChange(RestoreId restore) {
        Optional<Change> change = state.current().change();
        if (change.isPresent() && !change.get().isOf(restore)) {
            throw incomplete(change.get());
        }
        return change;
    }

    /** Tells whether this restore was the last that ended, so that repeating any part of it does nothing. */
    boolean hasCompleted(RestoreId restore) {
        return state.current().completed().equals(restore.id());
    }

    void requireNoChange() {
        state.current().change().ifPresent(change -> {
            throw incomplete(change);
        });
    }

    void requireWay(Change change, Change.Way... expected) {
        if (!List.of(expected).contains(change.way())) {
            throw refused(change, "in the way " + texts(List.of(expected)));
        }
    }

    void requirePhase(Change change, Phase... expected) {
        if (!List.of(expected).contains(change.phase())) {
            throw refused(change, "phase " + texts(List.of(expected)));
        }
    }

    void requireCopy(Change change, String safetyCopy) {
        if (!change.safetyCopy().equals(safetyCopy)) {
            throw notAllowed(
                    "restore '" + change.restore() + "' brings back safety copy '" + change.safetyCopy()
                            + "' on this node, not '" + safetyCopy + "'",
                    "Run 'tidemark resume " + change.restore() + "'.");
        }
    }

    /** A copy with the id of a restore that has no mark is that of one that has ended: it must not be replaced. */
    void requireNoSafetyCopy(RestoreId restore) {
        if (state.current().safetyCopies().containsKey(restore.id())) {
            throw notAllowed(
                    "the node has a safety copy of restore '" + restore + "', which has ended",
                    "Run a new operation instead of '" + restore + "'.");
        }
    }

    void requireSafetyCopy(String safetyCopy) {
        if (!state.current().safetyCopies().containsKey(safetyCopy)) {
            throw notAllowed(
                    "the node has no safety copy '" + safetyCopy + "' (expected: one of "
                            + state.current().safetyCopies().keySet() + ")",
                    "Choose a restore whose safety copy is still there, or restore a backup.");
        }
    }

    /** Refuses a restore whose data the node does not have. */
    void requireOpen(RestoreId restore, NodeRecord record) {
        boolean isOpen = record.change()
                .filter(change -> change.isOf(restore) && change.isOpenToItsRestore())
                .isPresent();
        if (!isOpen) {
            throw notLoaded(restore);
        }
    }

    /** Returns the record of a node to whose cells the restore writes. */
    NodeRecord written(RestoreId restore, NodeRecord record) {
        requireOpen(restore, record);
        Change change = record.change().orElseThrow();
        return record.with(change.in(change.phase(), Change.Tables.FILLING));
    }

    KeyValueStoreException notLoaded(RestoreId restore) {
        return notAllowed(
                "restore '" + restore + "' has not loaded its files into this node",
                "Run 'tidemark resume " + restore + "'.");
    }

    KeyValueStoreException notPrepared(RestoreId restore) {
        return notAllowed(
                "the cluster was not prepared for this step of restore '" + restore + "'",
                "Run 'tidemark resume " + restore + "'.");
    }

    static KeyValueStoreException notAllowed(String message, String hint) {
        return new KeyValueStoreException(ErrorCode.NOT_ALLOWED_NOW, message, hint);
    }

    private static KeyValueStoreException refused(Change change, String expected) {
        return notAllowed(
                "restore '" + change.restore() + "' has marked this node as '" + RecordJson.textOf(change.phase())
                        + "' in the way '" + RecordJson.textOf(change.way()) + "' (expected: " + expected + ")",
                "Run 'tidemark resume " + change.restore() + "'.");
    }

    private static KeyValueStoreException incomplete(Change change) {
        return new KeyValueStoreException(
                ErrorCode.RESTORE_INCOMPLETE,
                "the node is being restored by '" + change.restore() + "', which has not ended",
                "Run 'tidemark resume " + change.restore() + "'.");
    }

    private static String texts(List<? extends Enum<?>> values) {
        return values.stream().map(RecordJson::textOf).toList().toString();
    }
}
