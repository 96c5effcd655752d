package dev.tidemark.coordinator.archive.marks;

import java.time.Instant;
import java.util.List;

/**
 * A list of condemned objects.
 *
 * @param number position in the row of lists, &gt;= 1
 * @param operationId the garbage collection that wrote it
 * @param at when, by its clock
 * @param objects names of the objects, from behind {@code ns/NS/} on, at most {@value #MAX_OBJECTS}, ordered
 */
public record GarbageList(int number, String operationId, Instant at, List<String> objects) {
    /** Most objects of one list. */
    public static final int MAX_OBJECTS = 20_000;

    /** Copies the list and checks the ranges. */
    public GarbageList {
        objects = List.copyOf(objects);
        if (number < 1 || objects.size() > MAX_OBJECTS) {
            throw new IllegalArgumentException("garbage list " + number + " of " + objects.size()
                    + " objects (expected: >= 1, at most " + MAX_OBJECTS + ")");
        }
    }
}
