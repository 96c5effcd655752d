package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.node.RestoreId;
import java.util.Arrays;

/**
 * The mark of a restore that has changed a store's directory and has not ended.
 *
 * @param restore who has changed it
 * @param phase how far it has come
 * @param safetyCopy name of the safety copy that it brings back; empty in all other phases
 */
record RestoreMark(RestoreId restore, Phase phase, String safetyCopy) {
    /** Checks the name. */
    RestoreMark {
        boolean bringsBack = phase == Phase.BRING_BACK || phase == Phase.BROUGHT_BACK;
        if (bringsBack != RestoreId.isValid(safetyCopy)) {
            throw new IllegalArgumentException("safetyCopy: '" + safetyCopy + "' in phase '" + phase
                    + "' (expected: the id of a restore where one is brought back)");
        }
    }

    RestoreMark(RestoreId restore, Phase phase) {
        this(restore, phase, "");
    }

    RestoreMark in(Phase newPhase) {
        return new RestoreMark(restore, newPhase, safetyCopy);
    }

    boolean isOf(RestoreId other) {
        return restore.id().equals(other.id());
    }

    /** What the mark says of the data, when there are any. */
    enum Phase {
        /** They are what the restore has loaded. A mark without phase is in this one. */
        LOAD("load", true),
        /** They have not been set aside yet, and are as before. */
        SET_ASIDE("set-aside", false),
        /** They are as before while there is no safety copy, and worth nothing beside one: it takes their place. */
        ADOPT("adopt", false),
        /** They belong to the restore; their safety copy is complete. */
        ADOPTED("adopted", true),
        /** They are as before as long as the safety copy is in its place, and that copy otherwise. */
        BRING_BACK("bring-back", false),
        /** They are the safety copy, and belong to the restore. */
        BROUGHT_BACK("brought-back", true),
        /** Only a later version knows. */
        UNKNOWN("unknown", false);

        private final String text;
        private final boolean belongsToRestore;

        Phase(String text, boolean belongsToRestore) {
            this.text = text;
            this.belongsToRestore = belongsToRestore;
        }

        static Phase parse(String text) {
            return Arrays.stream(values())
                    .filter(phase -> phase.text.equals(text))
                    .findFirst()
                    .orElse(UNKNOWN);
        }

        /** Tells whether data in this phase are those of the restore, so that it may open them. */
        boolean belongsToRestore() {
            return belongsToRestore;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
