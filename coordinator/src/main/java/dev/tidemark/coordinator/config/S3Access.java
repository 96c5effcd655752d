package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.tidemark.coordinator.archive.s3.S3Credentials;
import java.nio.file.Path;

/** Whose requests those to a bucket are. Holds no secret itself. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface S3Access {
    /** Reads what is named. */
    S3Credentials read(SecretReader secrets);

    /** Whatever the SDK finds: environment, profile files, a web identity, the role of the machine. */
    @JsonTypeName("default")
    record DefaultChain() implements S3Access {
        @Override
        public S3Credentials read(SecretReader secrets) {
            return new S3Credentials.DefaultChain();
        }
    }

    /**
     * A profile.
     *
     * @param name the profile
     * @param file null for the file that the AWS command line uses
     */
    @JsonTypeName("profile")
    record Profile(String name, Path file) implements S3Access {
        /** Checks that the profile is named. */
        public Profile {
            Required.present("name", name);
        }

        @Override
        public S3Credentials read(SecretReader secrets) {
            if (file != null) {
                SecretReader.requirePrivate("credentials", file);
            }
            return new S3Credentials.Profile(name, file);
        }
    }

    /**
     * A key pair.
     *
     * @param accessKeyId its name, which is no secret
     * @param secretAccessKey where the secret comes from
     * @param sessionToken where the token of a session comes from; null for a key that doesn't expire
     */
    @JsonTypeName("static")
    record KeyPair(String accessKeyId, TokenConfiguration secretAccessKey, TokenConfiguration sessionToken)
            implements S3Access {
        /** Checks that name and secret are there. */
        public KeyPair {
            Required.present("accessKeyId", accessKeyId);
            Required.present("secretAccessKey", secretAccessKey);
        }

        @Override
        public S3Credentials read(SecretReader secrets) {
            String token = sessionToken == null
                    ? ""
                    : secrets.line("session token", sessionToken.file(), sessionToken.environment());
            return new S3Credentials.KeyPair(
                    accessKeyId,
                    secrets.line("secret access key", secretAccessKey.file(), secretAccessKey.environment()),
                    token);
        }
    }
}
