package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All data of one replica: everything that was applied, the part of it that is in no segment yet, and the writes that are still
 * on their way to these data, and to no other that take their place. Guarded by the store's monitor.
 */
final class Contents {
    private final Map<TableName, NavigableMap<VersionKey, Write>> applied = new TreeMap<>();
    private final Map<TableName, NavigableMap<VersionKey, Write>> unflushed = new TreeMap<>();
    private final Deque<LateWrite> pending = new ArrayDeque<>();
    private final List<Segment> segments = new ArrayList<>();
    private int segmentsMade;

    private record LateWrite(TableName table, VersionKey key, Write write) {}

    /** Returns what the segments hold; they are the first segments of the next snapshot, as they are. */
    static Contents of(List<Segment> segments) {
        Contents contents = new Contents();
        for (Segment segment : segments) {
            segment.decode().forEach((table, writes) -> {
                contents.applied.putIfAbsent(table, new TreeMap<>());
                writes.forEach((key, write) -> contents.applied.get(table).merge(key, write, Write::latest));
            });
            contents.segments.add(segment);
        }
        contents.segmentsMade =
                segments.stream().mapToInt(Segment::number).max().orElse(-1) + 1;
        return contents;
    }

    /** Returns data of their own that are equal. */
    Contents copy() {
        Contents copy = new Contents();
        applied.forEach((table, writes) -> copy.applied.put(table, new TreeMap<>(writes)));
        unflushed.forEach((table, writes) -> copy.unflushed.put(table, new TreeMap<>(writes)));
        copy.pending.addAll(pending);
        copy.segments.addAll(segments);
        copy.segmentsMade = segmentsMade;
        return copy;
    }

    void createTable(TableName table) {
        if (applied.putIfAbsent(table, new TreeMap<>()) == null) {
            unflushed.putIfAbsent(table, new TreeMap<>());
        }
    }

    SortedSet<TableName> tables() {
        return new TreeSet<>(applied.keySet());
    }

    NavigableMap<VersionKey, Write> table(TableName table) {
        return applied.getOrDefault(table, new TreeMap<>());
    }

    Set<VersionKey> versions(TableName table, Cell cell, long timestampInclusive) {
        VersionKey newest = new VersionKey(cell, timestampInclusive);
        VersionKey oldest = new VersionKey(cell, 1);
        Set<VersionKey> versions =
                new TreeSet<>(table(table).subMap(newest, true, oldest, true).keySet());
        for (LateWrite late : pending) {
            if (late.table.equals(table) && late.key.compareTo(newest) >= 0 && late.key.compareTo(oldest) <= 0) {
                versions.add(late.key);
            }
        }
        return versions;
    }

    void apply(TableName table, VersionKey key, Write write) {
        createTable(table);
        applied.get(table).merge(key, write, Write::latest);
        unflushed.computeIfAbsent(table, name -> new TreeMap<>()).merge(key, write, Write::latest);
    }

    void applyLater(TableName table, VersionKey key, Write write) {
        pending.add(new LateWrite(table, key, write));
    }

    int pendingWrites() {
        return pending.size();
    }

    /** Applies what waits, oldest first. */
    void deliver() {
        while (!pending.isEmpty()) {
            LateWrite late = pending.poll();
            apply(late.table, late.key, late.write);
        }
    }

    /** Makes a segment of what is in none yet, and returns all segments. */
    List<Segment> flush() {
        if (!unflushed.isEmpty()) {
            segments.add(Segment.create(segmentsMade++, unflushed));
            unflushed.clear();
        }
        return List.copyOf(segments);
    }

    long maxSequence() {
        return applied.values().stream()
                .flatMap(writes -> writes.values().stream())
                .mapToLong(Write::sequence)
                .max()
                .orElse(0);
    }
}
