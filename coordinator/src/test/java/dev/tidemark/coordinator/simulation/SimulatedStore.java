package dev.tidemark.coordinator.simulation;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The cells of an application that keeps some of its tables in a second store; entries and facts are in the first one. */
final class SimulatedStore implements CellStore {
    private final CellStore main;
    private final CellStore second;
    private final Set<TableName> tablesOfSecond;

    SimulatedStore(CellStore main, CellStore second, Set<TableName> tablesOfSecond) {
        this.main = main;
        this.second = second;
        this.tablesOfSecond = tablesOfSecond;
    }

    private CellStore of(TableName table) {
        return tablesOfSecond.contains(table) ? second : main;
    }

    @Override
    public void createTable(TableName table) {
        of(table).createTable(table);
    }

    @Override
    public Set<TableName> tables() {
        Set<TableName> tables = new TreeSet<>(main.tables());
        tables.addAll(second.tables());
        return tables;
    }

    @Override
    public Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow) {
        return of(table).getLatest(table, cells, atOrBelow);
    }

    @Override
    public void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        of(table).put(table, values, timestamp);
    }

    @Override
    public Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        return of(table).putUnlessExists(table, cell, value);
    }

    @Override
    public boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        return of(table).compareAndSet(table, cell, expected, update);
    }

    @Override
    public void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        of(table).deleteVersions(table, timestamps);
    }

    @Override
    public void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive) {
        of(table).deleteUpTo(table, timestampsInclusive);
    }

    @Override
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        return of(table).scan(table, range, atOrBelow);
    }
}
