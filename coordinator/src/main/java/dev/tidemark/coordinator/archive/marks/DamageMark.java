package dev.tidemark.coordinator.archive.marks;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;

/**
 * Says that a pack was found damaged, lost or of another size.
 *
 * @param pack the pack
 * @param at when it was found, by the clock of who found it
 * @param problem what is wrong
 */
public record DamageMark(ObjectId pack, Instant at, String problem) {}
