package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.cassandra.node.Change.Tables;
import dev.tidemark.kvs.cassandra.node.Change.Way;
import dev.tidemark.kvs.cassandra.node.DataDirectories.TableDirectory;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx;
import dev.tidemark.kvs.node.RestoreId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second and third part of every change: tables are emptied, and filled with what was staged or kept.
 *
 * <p>The record says what is known of the tables before anything happens to them: that they may be emptied, that they are empty, that
 * some of what belongs into them may be in them. So whoever comes after a crash knows what is left to do: from {@code EMPTYING} and
 * {@code RETURNING} on, what the node held is only in what it has kept; and what is loaded twice is the same as what is loaded once.
 */
final class Filling {
    private static final Logger LOG = LoggerFactory.getLogger(Filling.class);

    private final String keyspace;
    private final NodeJmx jmx;
    private final NodeState state;
    private final Fence fence;
    private final ChangeRules rules;
    private final Snapshots snapshots;
    private final LiveTables tables;
    private final StagedFiles staged;
    private final Loader loader;
    private final Keeping keeping;

    Filling(
            String keyspace,
            NodeJmx jmx,
            NodeState state,
            Fence fence,
            Snapshots snapshots,
            LiveTables tables,
            StagedFiles staged,
            Loader loader,
            Keeping keeping) {
        this.keyspace = keyspace;
        this.jmx = jmx;
        this.state = state;
        this.fence = fence;
        this.rules = new ChangeRules(state);
        this.snapshots = snapshots;
        this.tables = tables;
        this.staged = staged;
        this.loader = loader;
        this.keeping = keeping;
    }

    /** As {@link dev.tidemark.kvs.cassandra.agent.CassandraAgent#beginEmptying}. */
    void beginEmptying(RestoreId restore) throws IOException {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isEmpty() && rules.hasCompleted(restore)) {
            return;
        }
        if (change.isEmpty()) {
            tables.requireEmpty(Scope.ALL_TABLES);
        } else {
            rules.requirePhase(change.get(), Phase.KEPT, Phase.EMPTYING);
        }
        boolean isLoadedFromStaging = change.isEmpty() || change.get().way() != Way.BRING_BACK;
        if (isLoadedFromStaging && staged.isStaged(restore)) {
            staged.requireStillIntact(restore); // better before anything is emptied
        }
        Change begun =
                change.orElse(new Change(restore, Way.LOAD, Phase.EMPTYING, Scope.ALL_TABLES, "", Tables.UNKNOWN));
        mark(begun.in(Phase.EMPTYING, unknown(begun)), restore);
        loader.settle();
    }

    /** As {@link dev.tidemark.kvs.cassandra.agent.CassandraAgent#beginReturning}. */
    void beginReturning(RestoreId restore) throws IOException {
        Optional<Change> change = rules.changeOf(restore).filter(Change::keeps);
        if (change.isPresent()) {
            mark(change.get().in(Phase.RETURNING, unknown(change.get())), restore);
            loader.settle();
        }
    }

    /** That a call to empty tables may be on its way is not forgotten. */
    private static Tables unknown(Change change) {
        return change.tables() == Tables.BEING_EMPTIED ? Tables.BEING_EMPTIED : Tables.UNKNOWN;
    }

    /**
     * As {@link dev.tidemark.kvs.cassandra.agent.CassandraAgent#emptyTables}. A table that looks empty may have had another of its id
     * before it, of which hints and the commit log are left: nodes drop what is older than the last time that the table was emptied.
     */
    void empty(RestoreId restore) {
        Change change = rules.ownChange(restore).orElseThrow(() -> rules.notPrepared(restore));
        requireEmptying(restore, state.current());
        mark(change.in(change.phase(), Tables.BEING_EMPTIED), restore);
        boolean wasEmptied = change.tables() == Tables.EMPTY;
        for (String table : wasEmptied ? tables.filled(change.scope()) : tables.in(change.scope())) {
            fence.statement(restore, record -> requireEmptying(restore, record), () -> {
                jmx.truncate(keyspace, table);
                return null;
            });
        }
        tables.requireEmpty(change.scope());
        mark(change.in(change.phase(), Tables.EMPTY), restore);
        LOG.info("tables of keyspace {} are empty for restore {}", keyspace, restore);
    }

    private void requireEmptying(RestoreId restore, NodeRecord record) {
        boolean isEmptying = record.change()
                .filter(change -> change.isOf(restore))
                .filter(change -> change.phase() == Phase.EMPTYING || change.phase() == Phase.RETURNING)
                .filter(change -> change.tables() != Tables.FILLING)
                .isPresent();
        if (!isEmptying) {
            throw rules.notPrepared(restore);
        }
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#load}, for a node that no other restore has marked. */
    void load(RestoreId restore) throws IOException {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isEmpty() && rules.hasCompleted(restore)) {
            return;
        }
        if (change.isEmpty()) {
            tables.requireEmpty(Scope.ALL_TABLES);
            staged.parts(restore);
            throw rules.notPrepared(restore);
        }
        rules.requireWay(change.get(), Way.SET_ASIDE, Way.LOAD);
        rules.requirePhase(change.get(), Phase.EMPTYING, Phase.LOADING, Phase.LOADED);
        if (change.get().phase() != Phase.LOADED) {
            staged.requireStillIntact(restore);
            fill(change.get(), Phase.LOADING, staged.parts(restore), restore);
            mark(change.get().in(Phase.LOADED, Tables.FILLING), restore);
        }
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#bringBack}. */
    void bringBack(RestoreId restore, String safetyCopy) throws IOException {
        Optional<Change> change = rules.ownChange(restore);
        if (change.isEmpty() && rules.hasCompleted(restore)) {
            return;
        }
        if (change.isEmpty()) {
            rules.requireSafetyCopy(safetyCopy);
            throw rules.notPrepared(restore);
        }
        rules.requireWay(change.get(), Way.BRING_BACK);
        rules.requireCopy(change.get(), safetyCopy);
        rules.requirePhase(change.get(), Phase.EMPTYING, Phase.LOADING, Phase.LOADED);
        if (change.get().phase() != Phase.LOADED) {
            fill(
                    change.get(),
                    Phase.LOADING,
                    kept(Tags.safetyCopy(safetyCopy), change.get().scope()),
                    restore);
            mark(change.get().in(Phase.LOADED, Tables.FILLING), restore);
        }
    }

    /**
     * As {@link dev.tidemark.kvs.node.StoreNode#giveBack}. What is adopted on this node alone was not changed: nothing is aborted before
     * every node is.
     */
    void giveBack(RestoreId restore) throws IOException {
        Optional<Change> found = rules.changeOf(restore);
        if (found.isEmpty()) {
            return;
        }
        Change change = found.get();
        boolean isUntouched =
                switch (change.phase()) {
                    case KEPT -> true;
                    case ADOPTED -> change.tables() == Tables.UNKNOWN;
                    case EMPTYING -> !change.keeps();
                    case LOADING, LOADED, RETURNING -> false;
                };
        if (!isUntouched && !change.keeps()) { // it has loaded into a node that held nothing
            if (tables.filled(change.scope())
                    .isEmpty()) { // and the cluster has emptied it, for nodes that held something
                keeping.release(change.by(restore));
            }
            return;
        }
        if (change.phase() == Phase.RETURNING) {
            boolean isExchanged = change.way() == Way.BRING_BACK;
            String tag = isExchanged ? Tags.held(restore.id()) : Tags.safetyCopy(restore.id());
            fill(change, Phase.RETURNING, kept(tag, change.scope()), restore);
        } else if (!isUntouched) {
            throw rules.notPrepared(restore);
        }
        keeping.release(change.by(restore));
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#discardStaging}; lifts a mark whose data never came. */
    void discardStaging(RestoreId restore) throws IOException {
        staged.discard(restore);
        rules.changeOf(restore)
                .filter(change -> !change.keeps() && change.phase() == Phase.EMPTYING)
                .ifPresent(change -> keeping.release(change.by(restore)));
    }

    /** Fills tables that are empty, or goes on where it was interrupted. */
    private void fill(Change change, Phase phase, List<Part> parts, RestoreId restore) throws IOException {
        loader.requireTables(parts);
        if (change.tables() != Tables.FILLING) {
            if (change.tables() != Tables.EMPTY) {
                tables.requireEmpty(change.scope());
            }
            loader.forget();
            mark(change.in(phase, Tables.FILLING), restore);
        }
        loader.load(parts, () -> fence.check(restore));
    }

    /** Returns what is kept of the tables in the scope; only whether it is whole is looked at, because the node has written it. */
    private List<Part> kept(String tag, Scope scope) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (TableDirectory directory : snapshots.directories(tag)) {
            if (LiveTables.isIn(scope, directory.table())) {
                String name = directory.root() + "/" + directory.name();
                parts.add(new Part(name, directory.table(), directory.snapshot(tag)));
            }
        }
        for (Part part : parts) {
            ComponentCheck.requireWhole(part);
        }
        return parts;
    }

    private void mark(Change change, RestoreId restore) {
        fence.change(
                "mark as " + RecordJson.textOf(change.phase()) + ", tables " + RecordJson.textOf(change.tables()),
                restore,
                record -> record.with(change));
        LOG.info("restore {}: {}, tables {}", restore, change.phase(), change.tables());
    }
}
