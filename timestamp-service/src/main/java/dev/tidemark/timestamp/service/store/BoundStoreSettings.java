package dev.tidemark.timestamp.service.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundStore;
import java.time.Duration;
import java.util.Arrays;

/** Where a timestamp service keeps its bounds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FileStoreSettings.class, name = "file"),
    @JsonSubTypes.Type(value = PostgresStoreSettings.class, name = "postgres"),
    @JsonSubTypes.Type(value = CassandraStoreSettings.class, name = "cassandra"),
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

    /** Returns how long a call waits at most for the store's answer: the lease of a leader has to be longer. Zero where only files are. */
    default Duration longestWait() {
        return Duration.ZERO;
    }

    /** Says where the bounds are, for people; without secrets, as {@link #toString} must not have any. */
    default String describe() {
        return toString();
    }

    /** Returns the type under which settings stand in the configuration; that of an embedding program's own is its class. */
    static String typeOf(BoundStoreSettings settings) {
        return Arrays.stream(BoundStoreSettings.class
                        .getAnnotation(JsonSubTypes.class)
                        .value())
                .filter(type -> type.value() == settings.getClass())
                .map(JsonSubTypes.Type::name)
                .findFirst()
                .orElseGet(() -> settings.getClass().getSimpleName());
    }
}
