package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Path;

/** A store. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface StoreConfiguration {
    /**
     * An embedded RocksDB store.
     *
     * @param directory the store's directory
     */
    @JsonTypeName("rocksdb")
    record RocksDb(Path directory) implements StoreConfiguration {
        /** Checks that the directory is named. */
        public RocksDb {
            Required.present("directory", directory);
        }
    }
}
