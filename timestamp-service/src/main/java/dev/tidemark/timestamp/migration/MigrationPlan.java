package dev.tidemark.timestamp.migration;

import java.util.List;

/**
 * What a migration would do.
 *
 * @param where the limit, see {@link ForeignBound#where}
 * @param namespace that goes on from there
 * @param limit that was found
 * @param isInvalidated whether the limit is invalidated already
 * @param target what there is of the namespace
 * @param alsoStopped what else stops, see {@link ForeignBound#alsoStopped}
 */
public record MigrationPlan(
        String where, String namespace, long limit, boolean isInvalidated, Target target, List<String> alsoStopped) {
    /** What there is of a namespace that a sequence is to go into. */
    public enum Target {
        /** There is none. */
        ABSENT,
        /** It was created, and nothing was ever issued from it. */
        UNUSED,
        /** This migration has begun before. */
        BEGUN,
        /** It issues, and only above the limit. */
        ABOVE,
        /** It has issued, and may go on at or below the limit. */
        BELOW
    }

    /** Returns what is to be done, one line for each step. */
    public String describe() {
        StringBuilder text = new StringBuilder("limit " + limit + " in " + where
                + (isInvalidated ? ", which is invalidated\n" : ", which AtlasDB can use\n"));
        switch (target) {
            case ABSENT -> text.append("namespace '" + namespace + "' does not exist; it is created, and fenced\n");
            case UNUSED -> text.append("namespace '" + namespace + "' was never used; it is fenced\n");
            case BEGUN -> text.append("namespace '" + namespace + "' is fenced by this migration, which goes on\n");
            case ABOVE ->
                text.append("namespace '" + namespace + "' issues above the limit already; nothing is done\n");
            default -> text.append("namespace '" + namespace + "' issues timestamps of its own, so this is refused\n");
        }
        if (target != Target.ABOVE && target != Target.BELOW) {
            text.append(isInvalidated ? "" : "the limit is invalidated: from then on AtlasDB issues nothing\n");
            text.append("the namespace is fast-forwarded to the limit, and its fence lifted\n");
        }
        if (!isInvalidated) {
            alsoStopped.forEach(other -> text.append("AtlasDB's ").append(other).append(" stops too\n"));
        }
        return text.toString();
    }
}
