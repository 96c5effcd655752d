package dev.tidemark.coordinator.rewind;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an undo will do, worked out without changing anything.
 *
 * @param namespace name of the namespace
 * @param undoneOperation id of the operation that is undone
 * @param undoneType its type, {@code restore} or {@code rewind}
 * @param lastTimestampOfUndone whatever started above it is a write that the undo would lose
 * @param fastForwardTarget the oracle will issue only timestamps greater than this one, and than any that it issues meanwhile
 * @param fastForwardInputs where the target comes from: value by name; the target is the greatest
 * @param nodes nodes whose safety copies are brought back, as {@code store/node}
 * @param steps names of the steps in order
 */
public record UndoPlan(
        String namespace,
        String undoneOperation,
        String undoneType,
        long lastTimestampOfUndone,
        long fastForwardTarget,
        Map<String, Long> fastForwardInputs,
        List<String> nodes,
        List<String> steps) {
    /** Copies the collections. */
    public UndoPlan {
        fastForwardInputs = Collections.unmodifiableMap(new TreeMap<>(fastForwardInputs));
        nodes = List.copyOf(nodes);
        steps = List.copyOf(steps);
    }
}
