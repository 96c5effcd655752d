package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.util.List;

/**
 * What reading one pack has shown.
 *
 * @param pack its id
 * @param sizeBytes its length as it was listed
 * @param state what it is
 * @param problem what is wrong; empty when nothing is
 * @param damagedChunks ids of its damaged chunks; empty when nothing of it is to be trusted, or nothing is wrong
 */
record PackResult(ObjectId pack, int sizeBytes, State state, String problem, List<String> damagedChunks) {
    static final int MAX_NAMED_CHUNKS = 16_384;

    PackResult {
        damagedChunks = damagedChunks.size() > MAX_NAMED_CHUNKS ? List.of() : List.copyOf(damagedChunks);
    }

    /** What a pack is. */
    enum State {
        GOOD,
        DAMAGED,
        /** It was there when packs were listed, and is not any more. */
        GONE
    }

    boolean isGood() {
        return state == State.GOOD;
    }
}
