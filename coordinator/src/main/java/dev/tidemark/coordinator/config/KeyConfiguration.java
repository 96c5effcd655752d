package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Path;

/** What opens the archive. Holds no secret itself. */
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

    /**
     * The archive's public key and no secret: enough to check that every backup is signed and its objects are there.
     *
     * @param file what {@code tidemark archive public-key} has printed
     */
    @JsonTypeName("public-key")
    record PublicKey(Path file) implements KeyConfiguration {
        /** Checks that the file is named. */
        public PublicKey {
            Required.present("file", file);
        }
    }
}
