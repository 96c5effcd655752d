package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.TableName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one node holds: everything that was applied, and the part of it that is in no segment yet. Guarded by the store's
 * monitor.
 */
final class Replica {
    private final Map<TableName, NavigableMap<VersionKey, Write>> content = new TreeMap<>();
    private final Map<TableName, NavigableMap<VersionKey, Write>> unflushed = new TreeMap<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private final List<Segment> segments = new ArrayList<>();
    private int segmentsMade;
    private boolean isUp = true;

    boolean isUp() {
        return isUp;
    }

    void setUp(boolean up) {
        isUp = up;
    }

    void createTable(TableName table) {
        if (content.putIfAbsent(table, new TreeMap<>()) == null) {
            unflushed.putIfAbsent(table, new TreeMap<>());
        }
    }

    SortedSet<TableName> tables() {
        return new TreeSet<>(content.keySet());
    }

    NavigableMap<VersionKey, Write> table(TableName table) {
        return content.getOrDefault(table, new TreeMap<>());
    }

    void apply(TableName table, VersionKey key, Write write) {
        createTable(table);
        content.get(table).merge(key, write, Write::latest);
        unflushed.computeIfAbsent(table, name -> new TreeMap<>()).merge(key, write, Write::latest);
    }

    void applyLater(TableName table, VersionKey key, Write write) {
        pending.add(() -> apply(table, key, write));
    }

    int pendingWrites() {
        return pending.size();
    }

    /** Applies what waits, oldest first; does nothing while the node is down. */
    void deliver() {
        while (isUp && !pending.isEmpty()) {
            pending.poll().run();
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

    /** Replaces everything by what the segments hold; they are the first segments of the next snapshot, as they are. */
    void load(List<Segment> loaded) {
        clear();
        for (Segment segment : loaded) {
            segment.decode().forEach((table, writes) -> {
                content.putIfAbsent(table, new TreeMap<>());
                writes.forEach((key, write) -> content.get(table).merge(key, write, Write::latest));
            });
            segments.add(segment);
        }
        segmentsMade = loaded.stream().mapToInt(Segment::number).max().orElse(-1) + 1;
    }

    long maxSequence() {
        return content.values().stream()
                .flatMap(writes -> writes.values().stream())
                .mapToLong(Write::sequence)
                .max()
                .orElse(0);
    }

    void clear() {
        content.clear();
        unflushed.clear();
        pending.clear();
        segments.clear();
    }
}
