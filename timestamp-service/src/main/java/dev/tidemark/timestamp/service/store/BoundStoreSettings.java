package dev.tidemark.timestamp.service.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundStore;

/** Where a timestamp service keeps its bounds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FileStoreSettings.class, name = "file"),
    @JsonSubTypes.Type(value = RaftStoreSettings.class, name = "raft")
})
public interface BoundStoreSettings {
    /**
     * Opens the store; one that several processes can have open at a time is a {@link
     * dev.tidemark.timestamp.bound.SharedBoundStore}.
     *
     * @throws TimestampException as {@link BoundStore}
     */
    BoundStore open();
}
