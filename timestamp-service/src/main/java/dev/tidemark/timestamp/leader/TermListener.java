package dev.tidemark.timestamp.leader;

import dev.tidemark.timestamp.TimestampException;

/** Is told when this process begins to lead and when it has ceased to; on the thread of the election, one call at a time. */
interface TermListener {
    /** This process leads from now on. */
    void begun(Term term);

    /** It does not any more; answers are refused already. */
    void ended(TimestampException reason);
}
