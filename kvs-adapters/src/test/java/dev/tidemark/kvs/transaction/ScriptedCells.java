package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Lets a test act or fail before and after single calls of a store. */
final class ScriptedCells implements CellStore {
    enum Call {
        GET,
        PUT,
        PUT_UNLESS_EXISTS,
        COMPARE_AND_SET,
        DELETE,
        SCAN
    }

    private final CellStore cells;
    private final Map<Call, Deque<Runnable>> before = new EnumMap<>(Call.class);
    private final Map<Call, Deque<Runnable>> after = new EnumMap<>(Call.class);
    private Runnable always = () -> {};

    ScriptedCells(CellStore cells) {
        this.cells = cells;
    }

    /** Acts before the next call of this kind; several scripts act at one call each. */
    ScriptedCells before(Call call, Runnable action) {
        before.computeIfAbsent(call, name -> new ArrayDeque<>()).add(action);
        return this;
    }

    /** Acts after the next call of this kind has had its effect. */
    ScriptedCells after(Call call, Runnable action) {
        after.computeIfAbsent(call, name -> new ArrayDeque<>()).add(action);
        return this;
    }

    /** Fails the next call of this kind before it has an effect. */
    ScriptedCells failNext(Call call) {
        return before(call, ScriptedCells::fail);
    }

    /** Fails the next call of this kind although it has its effect. */
    ScriptedCells failNextAfterEffect(Call call) {
        return after(call, ScriptedCells::fail);
    }

    /** Acts before and after every call. */
    ScriptedCells always(Runnable action) {
        always = action;
        return this;
    }

    static void fail() {
        throw new KeyValueStoreException(ErrorCode.STORE_UNAVAILABLE, "the store does not answer", "");
    }

    @Override
    public void createTable(TableName table) {
        cells.createTable(table);
    }

    @Override
    public Set<TableName> tables() {
        return cells.tables();
    }

    @Override
    public Map<Cell, Version> getLatest(TableName table, Set<Cell> wanted, long atOrBelow) {
        return run(Call.GET, () -> cells.getLatest(table, wanted, atOrBelow));
    }

    @Override
    public void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        run(Call.PUT, () -> {
            cells.put(table, values, timestamp);
            return null;
        });
    }

    @Override
    public Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        return run(Call.PUT_UNLESS_EXISTS, () -> cells.putUnlessExists(table, cell, value));
    }

    @Override
    public boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        return run(Call.COMPARE_AND_SET, () -> cells.compareAndSet(table, cell, expected, update));
    }

    @Override
    public void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        run(Call.DELETE, () -> {
            cells.deleteVersions(table, timestamps);
            return null;
        });
    }

    @Override
    public void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive) {
        run(Call.DELETE, () -> {
            cells.deleteUpTo(table, timestampsInclusive);
            return null;
        });
    }

    @Override
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        return run(Call.SCAN, () -> cells.scan(table, range, atOrBelow));
    }

    private <T> T run(Call call, Supplier<T> effect) {
        always.run();
        act(before, call);
        T result = effect.get();
        act(after, call);
        always.run();
        return result;
    }

    private static void act(Map<Call, Deque<Runnable>> scripts, Call call) {
        Deque<Runnable> actions = scripts.get(call);
        if (actions != null && !actions.isEmpty()) {
            actions.remove().run();
        }
    }
}
