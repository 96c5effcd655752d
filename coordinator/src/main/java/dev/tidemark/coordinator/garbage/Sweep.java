package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.marks.GarbageList;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.objectlock.LockedObjects;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The second phase: removes the objects of garbage lists that are due, list by list. */
final class Sweep {
    private final NamespaceArchive archive;
    private final LiveObjects live;
    private final ParallelWork work;
    private final StepContext<GarbageState> context;
    private final LockedObjects objects;
    private final AtomicReference<String> refusal = new AtomicReference<>();

    /**
     * Creates a sweep.
     *
     * @param live what is needed, found out since the lock was taken
     * @param clock says which locks of the store have ended
     */
    Sweep(
            NamespaceArchive archive,
            LiveObjects live,
            ParallelWork work,
            StepContext<GarbageState> context,
            InstantSource clock) {
        this.archive = archive;
        this.live = live;
        this.work = work;
        this.context = context;
        objects = new LockedObjects(archive.store(), clock);
    }

    /**
     * Removes what is due. The index forgets packs before they go: a pack that it names and that is not there counts as lost.
     *
     * @param numbers lists that are due, written by earlier operations
     */
    GarbageState run(List<Integer> numbers, GarbageState state) {
        PackTable doomed = new PackTable();
        for (int number : numbers) {
            addDoomedPacks(archive.garbageLists().read(number), doomed);
        }
        if (doomed.count() > 0) {
            archive.chunks().removeFromIndex(doomed, context::ensureHeld);
        }
        GarbageState current = state;
        for (int number : numbers) {
            current = sweep(archive.garbageLists().read(number), current);
            context.save(current);
        }
        return current;
    }

    private void addDoomedPacks(GarbageList list, PackTable doomed) {
        for (String name : list.objects()) {
            ObjectKey key = archive.key(name);
            boolean isPack = key.value().startsWith(archive.layout().packs()) && ObjectId.isValid(key.name());
            if (isPack && !live.isNeeded(key)) {
                doomed.add(ObjectId.parse(key.name()), 0);
            }
        }
    }

    private GarbageState sweep(GarbageList list, GarbageState state) {
        List<ObjectKey> doomed = new ArrayList<>();
        for (String name : list.objects()) {
            ObjectKey key = archive.key(name);
            if (!live.isNeeded(key)) {
                doomed.add(key);
            }
        }
        AtomicLong removed = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        work.run(doomed, key -> {
            context.ensureHeld();
            if (isRemoved(key)) {
                context.progress(0, 0, state.removedObjects() + removed.incrementAndGet());
            } else {
                refused.incrementAndGet();
            }
        });
        if (refused.get() > 0) {
            context.note("the store refuses to remove " + refused.get() + " objects of garbage list " + list.number()
                    + "; they stay condemned: " + refusal.getAndSet(null));
        } else {
            context.ensureHeld();
            archive.garbageLists().delete(list.number());
        }
        return state.withSwept(removed.get(), list.objects().size() - doomed.size(), refused.get());
    }

    private boolean isRemoved(ObjectKey key) {
        try {
            objects.delete(key);
            if (key.value().startsWith(archive.layout().packs())) {
                archive.damageMarks().clear(ObjectId.parse(key.name()));
            }
            return true;
        } catch (CoordinatorException e) {
            if (e.code().isRetryable() || e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            refusal.compareAndSet(null, e.getMessage());
            return false;
        }
    }
}
