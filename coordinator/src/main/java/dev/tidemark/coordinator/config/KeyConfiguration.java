package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.tidemark.coordinator.archive.kms.AwsKmsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

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
     * A key of AWS KMS, which never leaves it. Credentials are found by the AWS SDK.
     *
     * @param keyId id, alias or ARN of the key
     * @param region its region; left out when the ARN says it
     * @param endpoint address of another service with the same protocol, or null
     * @param timeout longest wait for one answer, PT0.1S..PT1M; left out is PT5S
     * @param attempts most requests for one answer, 1..10; left out is 3
     */
    @JsonTypeName("aws-kms")
    record AwsKms(String keyId, String region, URI endpoint, Duration timeout, Integer attempts)
            implements KeyConfiguration {
        private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
        private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
        private static final int MAX_ATTEMPTS = 10;

        /** Checks that the key is named, and the ranges. */
        public AwsKms {
            Required.present("keyId", keyId);
            region = region == null ? "" : region;
            timeout = timeout == null ? AwsKmsSettings.TIMEOUT : timeout;
            attempts = attempts == null ? AwsKmsSettings.ATTEMPTS : attempts;
            Required.that(
                    endpoint == null || "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()),
                    "'endpoint' is '" + endpoint + "' (expected: an http or https address)");
            Required.that(
                    timeout.compareTo(MIN_TIMEOUT) >= 0 && timeout.compareTo(MAX_TIMEOUT) <= 0,
                    "'timeout' is " + timeout + " (expected: " + MIN_TIMEOUT + " to " + MAX_TIMEOUT + ")");
            Required.that(
                    attempts >= 1 && attempts <= MAX_ATTEMPTS,
                    "'attempts' is " + attempts + " (expected: 1 to " + MAX_ATTEMPTS + ")");
            toSettings(keyId, region, endpoint, timeout, attempts);
        }

        AwsKmsSettings toSettings() {
            return toSettings(keyId, region, endpoint, timeout, attempts);
        }

        private static AwsKmsSettings toSettings(
                String keyId, String region, URI endpoint, Duration timeout, int attempts) {
            return new AwsKmsSettings(keyId, region, endpoint, timeout, attempts);
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
