package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.simulation.Model.Backup;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The switches that break one mechanism each. A switch serves one seed. */
final class Teeth {
    private Teeth() {}

    /** (a) Cleaning scans the start timestamps from B on, and not from the immutable timestamp at the hold. */
    static Sabotage scanFromBackupTimestamp() {
        return call -> {
            if (call.name().endsWith("store.split")) {
                TimestampRange range = (TimestampRange) call.arguments()[0];
                for (Backup backup : call.world().model.backups.values()) {
                    boolean isItsRange =
                            backup.immutableTimestamp() == range.lower() && backup.backupTimestamp() <= range.upper();
                    if (isItsRange) {
                        call.arguments()[0] = new TimestampRange(backup.backupTimestamp(), range.upper());
                        return call.proceed();
                    }
                }
            }
            return call.proceed();
        };
    }

    /** (b) The numbers that a backup fetches after B, its fast-forward timestamp among them, were issued with B. */
    static Sabotage fastForwardTimestampTooEarly() {
        return new Sabotage() {
            private final Map<Actor, Deque<Long>> fetched = new HashMap<>();

            @Override
            public Object call(Call call) {
                if (!call.is("oracle.freshTimestamp") || !call.actor().isCoordinator) {
                    return call.proceed();
                }
                Deque<Long> numbers = fetched.computeIfAbsent(call.actor(), actor -> new ArrayDeque<>());
                switch (call.actor().step) {
                    case "backup-timestamp" -> {
                        numbers.clear();
                        long backupTimestamp = (Long) call.proceed();
                        for (int i = 0; i < 20; i++) {
                            numbers.add((Long) call.proceed());
                        }
                        return backupTimestamp;
                    }
                    case "snapshot", "fast-forward-timestamp" -> {
                        return numbers.isEmpty() ? call.proceed() : numbers.poll();
                    }
                    default -> {
                        return call.proceed();
                    }
                }
            }
        };
    }

    /** (c) The hold ends when B is fetched, and the oracle says that it is alive. */
    static Sabotage holdReleasedTooEarly() {
        return new Sabotage() {
            private final Map<Actor, LeaseToken> holds = new HashMap<>();

            @Override
            public Object call(Call call) {
                if (!call.actor().isCoordinator || !call.name().startsWith("oracle.")) {
                    return call.proceed();
                }
                LeaseToken hold = holds.get(call.actor());
                if (call.is("oracle.lockImmutableTimestamp")) {
                    holds.put(call.actor(), (LeaseToken) call.arguments()[0]);
                } else if (call.is("oracle.isSettled") && hold != null) {
                    Object settled = call.proceed();
                    call.world().oracle.raw().unlock(Set.of(hold));
                    return settled;
                } else if (hold != null && (call.is("oracle.refresh") || call.is("oracle.unlock"))) {
                    call.proceed();
                    return call.arguments()[0];
                }
                return call.proceed();
            }
        };
    }

    /** (d) Packs stay in memory until the manifest is written; a process that dies in between takes them along. */
    static Sabotage manifestBeforeObjects() {
        return new Sabotage() {
            private final Map<ObjectKey, ByteBuffer> buffered = new LinkedHashMap<>();
            private Actor owner;

            @Override
            public Object call(Call call) {
                if (owner != null && owner != call.actor() && call.actor().isCoordinator && owner.isDead) {
                    buffered.clear();
                    owner = null;
                }
                if (call.is("archive.create")) {
                    return create(call, (ObjectKey) call.arguments()[0]);
                }
                return call.proceed();
            }

            private Object create(Call call, ObjectKey key) {
                if (key.value().contains("/packs/") && (owner == null || owner == call.actor())) {
                    ByteBuffer content = (ByteBuffer) call.arguments()[1];
                    byte[] copy = new byte[content.remaining()];
                    content.duplicate().get(copy);
                    buffered.put(key, ByteBuffer.wrap(copy));
                    owner = call.actor();
                    return null;
                }
                boolean isAfterManifest =
                        call.actor() == owner && call.actor().step.equals("drop-snapshots");
                if (isAfterManifest) {
                    buffered.forEach(call.world().objects.objects()::create);
                    buffered.clear();
                    owner = null;
                }
                return call.proceed();
            }
        };
    }

    /** (e) Repair does nothing. */
    static Sabotage noRepair() {
        return call -> call.name().endsWith("store.repair") ? null : call.proceed();
    }

    /** (f) Leases that are alive when the fence goes up are alive when it is lifted. */
    static Sabotage fenceWithoutEndingLeases() {
        return new Sabotage() {
            private final Set<LeaseToken> taken = new HashSet<>();
            private final Set<LeaseToken> spared = new HashSet<>();

            @Override
            public Object call(Call call) {
                if (call.actor().isCoordinator) {
                    if (call.is("oracle.fence")) {
                        for (LeaseToken token : taken) {
                            if (call.world().oracle.isAlive(token)) {
                                spared.add(token);
                            }
                        }
                    }
                    return call.proceed();
                }
                if (call.is("oracle.lockImmutableTimestamp")) {
                    taken.add((LeaseToken) call.arguments()[0]);
                } else if (call.is("oracle.commitTimestamp") && spared.contains(call.arguments()[0])) {
                    call.world().oracle.raw().lockImmutableTimestamp((LeaseToken) call.arguments()[0]);
                } else if (call.is("oracle.refresh")) {
                    for (Object token : (Set<?>) call.arguments()[0]) {
                        if (spared.contains(token)) {
                            call.world().oracle.raw().lockImmutableTimestamp((LeaseToken) token);
                        }
                    }
                }
                return call.proceed();
            }
        };
    }

    /**
     * (g) A process that was overtaken while it was paused sees the lock and the journal as they were then, and the nodes take any
     * epoch for the latest.
     */
    static Sabotage blindAfterPause() {
        return new Sabotage() {
            private final Map<Actor, InMemoryObjectStore> views = new HashMap<>();
            private long greatestEpoch = 1;

            @Override
            public void pausing(World world, Actor actor) {
                InMemoryObjectStore copy = new InMemoryObjectStore();
                InMemoryObjectStore objects = world.objects.objects();
                objects.forEach("", info -> {
                    if (isPrivate(info.key().value())) {
                        copy.create(info.key(), ByteBuffer.wrap(objects.read(info.key())));
                    }
                });
                views.put(actor, copy);
            }

            @Override
            public Object call(Call call) {
                if (call.actor().isOvertaken
                        && call.name().startsWith("archive.")
                        && isPrivate(call.arguments()[0].toString())) {
                    return on(views.get(call.actor()), call);
                }
                if (call.arguments() != null
                        && call.arguments().length > 0
                        && call.arguments()[0] instanceof RestoreId restore) {
                    greatestEpoch = Math.max(greatestEpoch, restore.epoch());
                    call.arguments()[0] = new RestoreId(restore.id(), greatestEpoch);
                }
                return call.proceed();
            }
        };
    }

    private static boolean isPrivate(String key) {
        return key.contains("/lock/") || key.contains("/journal/");
    }

    private static Object on(InMemoryObjectStore objects, Call call) {
        Object[] arguments = call.arguments();
        switch (call.name()) {
            case "archive.create" -> objects.create((ObjectKey) arguments[0], (ByteBuffer) arguments[1]);
            case "archive.delete" -> objects.delete((ObjectKey) arguments[0]);
            case "archive.head" -> {
                return objects.head((ObjectKey) arguments[0]);
            }
            case "archive.list" -> {
                return objects.list((String) arguments[0], (String) arguments[1], (Integer) arguments[2]);
            }
            default -> {
                return arguments.length == 1
                        ? objects.read((ObjectKey) arguments[0])
                        : objects.read((ObjectKey) arguments[0], (Long) arguments[1], (Integer) arguments[2]);
            }
        }
        return null;
    }

    /** (h) Aborting deletes the entry. */
    static Sabotage abortByDelete() {
        return call -> {
            if (call.name().endsWith("store.abort")) {
                delete(call, List.of((TransactionEntry) call.arguments()[0]));
                return true;
            }
            if (call.name().endsWith("store.abortAll")) {
                delete(call, (List<?>) call.arguments()[0]);
                return List.of();
            }
            return call.proceed();
        };
    }

    /** Deletes entries where the operation that runs has opened them. */
    private static void delete(Call call, List<?> entries) {
        World world = call.world();
        String place = call.name().substring(0, call.name().indexOf('.'));
        world.opened.forEach((name, cells) -> {
            if (name.startsWith(place + "/")) {
                CellStore deleting = Deleting.of(cells);
                CellTransactionTable table = new CellTransactionTable(deleting, world.schemas);
                for (Object entry : entries) {
                    long start = ((TransactionEntry) entry).startTimestamp();
                    table.read(start).ifPresent(state -> table.abort(new TransactionEntry(start, state)));
                }
            }
        });
    }

    /** Cells in which a compare-and-set deletes. */
    private static final class Deleting {
        private static CellStore of(CellStore cells) {
            return (CellStore) Proxy.newProxyInstance(
                    CellStore.class.getClassLoader(), new Class<?>[] {CellStore.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("compareAndSet")) {
                            cells.deleteVersions((TableName) arguments[0], Map.of((Cell) arguments[1], Set.of(0L)));
                            return true;
                        }
                        return Calls.unwrapped(cells, method, arguments);
                    });
        }
    }
}
