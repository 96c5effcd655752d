package dev.tidemark.coordinator.agent.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a task is. */
public enum TaskState {
    /** Others are before it. */
    @JsonProperty("waiting")
    WAITING,
    /** It is being done. */
    @JsonProperty("running")
    RUNNING,
    /** It is done. */
    @JsonProperty("succeeded")
    SUCCEEDED,
    /** It could not be done. */
    @JsonProperty("failed")
    FAILED,
    /** Somebody has ended it. */
    @JsonProperty("cancelled")
    CANCELLED;

    /** Tells whether nothing more will come. */
    public boolean isEnd() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
