package dev.tidemark.timestamp.raft;

/** How a command's answer begins, format version 1; what follows depends on the command. */
enum Answer {
    /** The command was applied: now, or when it came for the first time. */
    DONE,
    /** Nobody knows the session any more; this time the command was not applied. */
    SESSION_EXPIRED,
    /** The sender had said that it does not wait for this command any more; this time it was not applied. */
    TOO_LATE,
    /** The namespace does not exist. */
    UNKNOWN_NAMESPACE,
    /** The state is another one, which follows. */
    OTHER_STATE,
    /** The point does not follow the last one. */
    POINT_DOES_NOT_FOLLOW;

    private static final Answer[] ALL = values();

    /** Begins an answer. */
    WireWriter begin() {
        return WireWriter.inMemory().int8(ordinal());
    }

    /** Returns an answer that says nothing more. */
    byte[] alone() {
        return begin().toBytes();
    }

    /** Reads the beginning of an answer. */
    static Answer read(WireReader in) {
        int number = in.int8();
        if (number >= ALL.length) {
            throw new IllegalArgumentException("answer: " + number + " (expected: 0.." + (ALL.length - 1) + ")");
        }
        return ALL[number];
    }
}
