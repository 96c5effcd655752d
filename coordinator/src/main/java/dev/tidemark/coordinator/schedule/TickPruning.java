package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes the records of ticks that are long past, a bounded number at a time: of a schedule all but those of its last tick; of a name
 * that is no schedule any more all.
 */
final class TickPruning {
    /** Most names whose records are removed at once that are no schedules any more. */
    private static final int MAX_FORMER = 20;

    private final Timetable timetable;

    TickPruning(Timetable timetable) {
        this.timetable = timetable;
    }

    /**
     * Removes.
     *
     * @param watches the schedules of the namespace
     * @param before ticks before this one
     * @return how many records were removed
     */
    int prune(NamespaceArchive archive, List<ScheduleWatch> watches, Instant before) {
        int removed = 0;
        for (ScheduleWatch watch : watches) {
            // One that has not been looked at yet, because of a pause or an error, keeps everything.
            if (watch.last() != null) {
                removed += new TickClaims(archive, watch.schedule().name()).prune(before, watch.last());
            }
        }
        for (String former : formerSchedules(archive)) {
            removed += new TickClaims(archive, former).prune(before, Instant.MAX);
        }
        return removed;
    }

    private List<String> formerSchedules(NamespaceArchive archive) {
        Set<String> names = new TreeSet<>();
        timetable.schedules(archive.namespace()).forEach(schedule -> names.add(schedule.name()));
        List<String> former = new ArrayList<>();
        String start = "";
        while (former.size() < MAX_FORMER) {
            List<ObjectKey> next = archive.listKeys(TickClaims.FOLDER, start, 1);
            if (next.isEmpty()) {
                return former;
            }
            String name = archive.layout().relative(next.get(0)).split("/", -1)[1];
            if (!names.contains(name)) {
                former.add(name);
            }
            // '0' follows '/': the first key that is not below this name.
            start = TickClaims.FOLDER + name + "0";
        }
        return former;
    }
}
