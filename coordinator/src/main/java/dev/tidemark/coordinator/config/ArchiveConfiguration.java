package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Path;

/** Where backups go. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface ArchiveConfiguration permits ArchiveConfiguration.Filesystem, S3Archive {
    /** Returns the id that the archive must have, or the empty string when any is accepted. */
    String id();

    /** Returns where the master key comes from. */
    KeyConfiguration key();

    /** Returns which backups are kept in it, or null when the namespaces say that. */
    RetentionConfiguration retention();

    /** Returns the id, empty when it is null; refuses one of another form. */
    static String checkedId(String id) {
        String checked = id == null ? "" : id;
        Required.that(
                checked.isEmpty() || checked.matches("[0-9a-f]{32}"),
                "'id' is '" + checked + "' (expected: 32 hexadecimal digits, in quotes)");
        return checked;
    }

    /**
     * An archive in a directory.
     *
     * @param directory where the objects are
     * @param id as in {@link ArchiveConfiguration#id}; left out is the empty string. YAML takes some ids for numbers unless
     *     they stand in quotes
     * @param key as in {@link ArchiveConfiguration#key}
     * @param retention as in {@link ArchiveConfiguration#retention}
     */
    @JsonTypeName("filesystem")
    record Filesystem(Path directory, String id, KeyConfiguration key, RetentionConfiguration retention)
            implements ArchiveConfiguration {
        /** Checks that directory and key are there. */
        public Filesystem {
            Required.present("directory", directory);
            Required.present("key", key);
            id = checkedId(id);
        }
    }
}
