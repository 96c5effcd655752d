package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.marks.GarbageList;
import dev.tidemark.coordinator.archive.marks.GarbageLists;
import dev.tidemark.coordinator.operation.ArchiveOperation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what no backup of a namespace needs.
 *
 * <p>Why it is safe. <b>Condemn:</b> under the lock, objects that nothing needs are put on a list. From then on every writer
 * takes them for lost. <b>Sweep:</b> a later operation, under the lock again and after the grace, looks anew what is needed, and
 * removes the objects of the list that still nothing needs. Suppose it is stopped right before it removes one, loses the lock,
 * and wakes up much later: who has had the lock meanwhile has seen the list, and referred to nothing on it; so nothing needs the
 * object, and nothing ever will. Suppose the list itself was written by such a latecomer, when a backup already needed the object:
 * the sweep finds that, under its own lock, and takes the object off the list instead. The grace is for those who read backups
 * without a lock; what is right does not depend on it. An operation never sweeps its own lists.
 *
 * <p>It needs neither the stores nor the oracle.
 */
public final class GarbageOperation extends ArchiveOperation<GarbageState> {
    /** The type in the journal. */
    public static final String TYPE = "gc";

    private static final String REPACK = "repack";
    private static final String CONDEMN = "condemn";
    private static final String SWEEP = "sweep";
    private static final String UPLOADS = "uploads";

    private final NamespaceArchive archive;
    private final EngineSeams seams;
    private final ParallelWork work;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public GarbageOperation(NamespaceArchive archive, EngineSeams seams, ParallelWork work) {
        super(TYPE, GarbageState.class, seams);
        this.archive = archive;
        this.seams = seams;
        this.work = work;
    }

    /** Collects garbage, or goes on with the namespace's unfinished collection. */
    public GarbageReport run(GarbageOptions options, Operations operations, OperationListener listener) {
        Operations.Run<GarbageState> run = runOrGoOn(operations, identity -> GarbageState.begin(options), listener);
        GarbageState state = run.state();
        return new GarbageReport(
                archive.namespace(),
                run.operationId(),
                state.condemnedObjects(),
                state.condemnedBytes(),
                state.removedObjects(),
                state.rescuedObjects(),
                state.refusedObjects(),
                state.repackedPacks(),
                state.repackedBytes(),
                state.abortedUploads());
    }

    @Override
    public String subject(GarbageState state) {
        return "condemned " + state.condemnedObjects() + ", removed " + state.removedObjects() + ", repacked "
                + state.repackedPacks() + " objects";
    }

    @Override
    public List<Step<GarbageState>> steps() {
        return List.of(
                new Step<>(REPACK, this::repack),
                new Step<>(CONDEMN, this::condemn),
                new Step<>(SWEEP, this::sweep),
                new Step<>(UPLOADS, this::abortUploads));
    }

    private Transition<GarbageState> repack(GarbageState state, StepContext<GarbageState> context) {
        GarbageOptions options = state.options();
        if (options.repackBelow() == 0 || options.maximumRepackBytes() == 0) {
            return Transition.next(state);
        }
        return Transition.next(new Repacking(archive, options, seams.clock(), context).run(state));
    }

    private Transition<GarbageState> condemn(GarbageState state, StepContext<GarbageState> context) {
        LiveObjects live = LiveObjects.find(archive);
        live.confirm();
        CondemnedObjects condemned = new CondemnedObjects(archive);
        GarbageLists lists = archive.garbageLists();
        lists.forEach(list -> condemned.add(list, false));
        List<String> names = new ArrayList<>();
        GarbageState[] current = {state};
        long[] bytes = new long[1];
        live.forEachCollectable(info -> {
            if (!live.isNeeded(info.key()) && !condemned.contains(info.key())) {
                names.add(archive.layout().relative(info.key()));
                bytes[0] += info.sizeBytes();
            }
            if (names.size() == GarbageList.MAX_OBJECTS) {
                current[0] = writeList(names, bytes, current[0], context);
            }
        });
        return Transition.next(names.isEmpty() ? current[0] : writeList(names, bytes, current[0], context));
    }

    private GarbageState writeList(
            List<String> names, long[] bytes, GarbageState state, StepContext<GarbageState> context) {
        GarbageLists lists = archive.garbageLists();
        List<Integer> numbers = lists.numbers();
        int number = numbers.isEmpty() ? 1 : numbers.get(numbers.size() - 1) + 1;
        Instant now = seams.clock().instant();
        for (boolean isWritten = false; !isWritten; number++) {
            context.ensureHeld();
            try {
                lists.create(new GarbageList(number, context.operationId(), now, names));
                isWritten = true;
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_EXISTS) {
                    throw e;
                }
                // A process that has lost the lock has written a list; it is as good as any other.
            }
        }
        GarbageState written = state.withCondemned(names.size(), bytes[0]);
        context.save(written);
        names.clear();
        bytes[0] = 0;
        return written;
    }

    private Transition<GarbageState> sweep(GarbageState state, StepContext<GarbageState> context) {
        LiveObjects live = LiveObjects.find(archive);
        live.confirm();
        Instant now = seams.clock().instant();
        List<Integer> due = new ArrayList<>();
        archive.garbageLists().forEach(list -> {
            boolean isOwn = list.operationId().equals(context.operationId());
            if (!isOwn && GarbagePlanner.isDue(list, state.options().grace(), now)) {
                // A list that vanished would not keep anybody from referring to what it names.
                archive.confirm(archive.garbageLists().key(list.number()));
                due.add(list.number());
            }
        });
        return Transition.next(
                due.isEmpty() ? state : new Sweep(archive, live, work, context, seams.clock()).run(due, state));
    }

    private Transition<GarbageState> abortUploads(GarbageState state, StepContext<GarbageState> context) {
        OrphanedUploads uploads = new OrphanedUploads(
                archive, state.options().grace(), seams.clock().instant());
        return Transition.next(state.withAbortedUploads(uploads.abort(context::ensureHeld, context::note)));
    }
}
