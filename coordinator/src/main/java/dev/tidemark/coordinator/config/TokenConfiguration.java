package dev.tidemark.coordinator.config;

import java.nio.file.Path;

/**
 * Where a bearer token or a password comes from: exactly one of file and environment. Holds no secret itself.
 *
 * @param file a file with one line, or null
 * @param environment name of an environment variable, or null
 */
public record TokenConfiguration(Path file, String environment) {
    /** Checks that there is exactly one source. */
    public TokenConfiguration {
        Required.that((file == null) != (environment == null), "needs exactly one of 'file' and 'environment'");
    }
}
