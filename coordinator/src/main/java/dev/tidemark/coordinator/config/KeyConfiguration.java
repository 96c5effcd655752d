package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Path;

/** Where the archive's master key comes from. Holds no secret itself. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface KeyConfiguration {
    /**
     * A passphrase, from exactly one of file and environment.
     *
     * @param file a file with one line, or null
     * @param environment name of an environment variable, or null
     */
    @JsonTypeName("passphrase")
    record Passphrase(Path file, String environment) implements KeyConfiguration {
        /** Checks that there is exactly one source. */
        public Passphrase {
            Required.that(
                    (file == null) != (environment == null), "'key' needs exactly one of 'file' and 'environment'");
        }
    }

    /**
     * A file with random bytes.
     *
     * @param file the file
     */
    @JsonTypeName("key-file")
    record KeyFile(Path file) implements KeyConfiguration {
        /** Checks that the file is named. */
        public KeyFile {
            Required.present("file", file);
        }
    }
}
