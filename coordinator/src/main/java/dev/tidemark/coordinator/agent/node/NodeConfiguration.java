package dev.tidemark.coordinator.agent.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Path;

/** The node beside the agent. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(NodeConfiguration.RocksDb.class))
public sealed interface NodeConfiguration {
    /**
     * The one node of an embedded RocksDB store.
     *
     * @param directory the store's directory
     */
    @JsonTypeName("rocksdb")
    record RocksDb(Path directory) implements NodeConfiguration {
        /** Checks that the directory is named. */
        public RocksDb {
            if (directory == null) {
                throw new IllegalArgumentException("'directory' is missing");
            }
        }
    }
}
