package dev.tidemark.kvs.memory;

/** Where the in-memory store can be made to fail, and where its listener is called. */
public enum Seam {
    PUT,
    PUT_UNLESS_EXISTS,
    COMPARE_AND_SET,
    DELETE,
    READ,
    SNAPSHOT,
    OPEN,
    DROP,
    STAGE_WRITE,
    LOAD,
    COMPLETE_RESTORE,
    REPAIR,
    SET_ASIDE,
    ADOPT,
    BRING_BACK,
    GIVE_BACK,
    DROP_SAFETY_COPY
}
