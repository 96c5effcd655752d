package dev.tidemark.coordinator.simulation;

/** What can happen to a coordinator, or to the world around it, at a call. */
enum Fault {
    /** The process ends; the call has no effect. */
    CRASH_BEFORE,
    /** The process ends; the call has its effect. */
    CRASH_AFTER,
    /** The call fails without an effect. */
    ERROR,
    /** The call has its effect and fails all the same. */
    LOST_ANSWER,
    /** The answer takes longer than leases last. */
    LATE_ANSWER,
    /** This creation and the next few find the disk full. */
    DISK_FULL,
    /** A created object is there, and is not durable; the call fails. */
    FSYNC_FAILURE,
    /** The process ends, and the archive's machine loses what was not durable. */
    POWER_LOSS,
    /** The process stands still for longer than its lock lasts, and nobody takes over. */
    PAUSE,
    /** The process stands still, clock included, while another one takes over. */
    TAKEOVER,
    /** Another process begins an operation while this one runs. */
    RIVAL,
    /** The oracle starts again from its bound. */
    ORACLE_RESTART,
    /** A node can't be reached for a while. */
    NODE_DOWN,
    /** The wall clock jumps. */
    CLOCK_JUMP,
    /** The process ends, and the stores are lost; sometimes the oracle too. */
    DISASTER
}
