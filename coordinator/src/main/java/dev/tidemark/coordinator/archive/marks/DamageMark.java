package dev.tidemark.coordinator.archive.marks;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;
import java.util.List;

/**
 * Says that a pack was found damaged, lost or of another size.
 *
 * @param pack the pack
 * @param at when it was found, by the clock of who found it
 * @param problem what is wrong, at most {@value #MAX_PROBLEM} characters
 * @param chunks ids of the chunks that are damaged, 64 hexadecimal digits each; empty when no chunk of the pack is to be trusted
 */
public record DamageMark(ObjectId pack, Instant at, String problem, List<String> chunks) {
    /** Most characters of a problem; a longer one is cut off. */
    public static final int MAX_PROBLEM = 500;

    /** Copies the list and cuts the problem. */
    public DamageMark {
        problem = problem.substring(0, Math.min(problem.length(), MAX_PROBLEM));
        chunks = List.copyOf(chunks);
    }

    /** Tells whether whatever the other mark says of the pack is said by this one. */
    boolean covers(DamageMark other) {
        return chunks.isEmpty() || (!other.chunks.isEmpty() && chunks.containsAll(other.chunks));
    }

    /** Returns the mark on the whole pack. */
    DamageMark whole() {
        return new DamageMark(pack, at, problem, List.of());
    }
}
