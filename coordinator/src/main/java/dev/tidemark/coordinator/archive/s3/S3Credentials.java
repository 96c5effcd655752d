package dev.tidemark.coordinator.archive.s3;

import java.nio.file.Path;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;

/** Where the right to use a bucket comes from. */
public sealed interface S3Credentials {
    /** Whatever the SDK finds: environment, system properties, profile files, a web identity, the instance's role. */
    record DefaultChain() implements S3Credentials {
        @Override
        public AwsCredentialsProvider provider() {
            return DefaultCredentialsProvider.builder().build();
        }
    }

    /**
     * A profile of the files that the AWS command line uses too.
     *
     * @param name the profile
     * @param file the file; null for the usual one
     */
    record Profile(String name, Path file) implements S3Credentials {
        @Override
        public AwsCredentialsProvider provider() {
            ProfileCredentialsProvider.Builder builder =
                    ProfileCredentialsProvider.builder().profileName(name);
            if (file != null) {
                builder.profileFile(ProfileFile.builder()
                        .content(file)
                        .type(ProfileFile.Type.CREDENTIALS)
                        .build());
            }
            return builder.build();
        }
    }

    /**
     * A key pair.
     *
     * @param sessionToken empty for a key that does not expire
     */
    record KeyPair(String accessKeyId, String secretAccessKey, String sessionToken) implements S3Credentials {
        @Override
        public AwsCredentialsProvider provider() {
            return StaticCredentialsProvider.create(
                    sessionToken.isEmpty()
                            ? AwsBasicCredentials.create(accessKeyId, secretAccessKey)
                            : AwsSessionCredentials.create(accessKeyId, secretAccessKey, sessionToken));
        }

        /** Returns the name of the key without the secret. */
        @Override
        public String toString() {
            return "KeyPair[" + accessKeyId + "]";
        }
    }

    /** Returns what the SDK asks for credentials. */
    AwsCredentialsProvider provider();
}
