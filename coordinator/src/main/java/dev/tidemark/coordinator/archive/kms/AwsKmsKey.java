package dev.tidemark.coordinator.archive.kms;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.KeyService;
import dev.tidemark.kvs.ErrorCode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;

/** A key of AWS KMS. Thread-safe. Requests are repeated by the SDK, a few times and only when that may help. */
public final class AwsKmsKey implements KeyService {
    private final AwsKmsSettings settings;
    private final KmsClient client;

    private AwsKmsKey(AwsKmsSettings settings, KmsClient client) {
        this.settings = settings;
        this.client = client;
    }

    /**
     * Creates access to a key; asks nothing yet.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when nothing says which region the key is in
     */
    public static AwsKmsKey create(AwsKmsSettings settings) {
        KmsClientBuilder builder = KmsClient.builder()
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(settings.timeout())
                        .socketTimeout(settings.timeout()))
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .apiCallAttemptTimeout(settings.timeout())
                        .apiCallTimeout(settings.timeout().multipliedBy(settings.attempts() + 1L))
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(settings.attempts())
                                .build())
                        .build());
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        if (!settings.region().isEmpty()) {
            builder.region(Region.of(settings.region()));
        }
        try {
            return new AwsKmsKey(settings, builder.build());
        } catch (SdkException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "key '" + settings.keyId() + "' of AWS KMS can't be used: " + e.getMessage(),
                    "Name its ARN, or its region, in the configuration.",
                    e);
        }
    }

    @Override
    public String keyName() {
        return settings.keyId();
    }

    @Override
    public byte[] encrypt(byte[] plaintext, Map<String, String> context) {
        return translating(() -> client.encrypt(request -> request.keyId(settings.keyId())
                        .plaintext(SdkBytes.fromByteArray(plaintext))
                        .encryptionContext(context))
                .ciphertextBlob()
                .asByteArray());
    }

    @Override
    public Optional<byte[]> decrypt(byte[] ciphertext, Map<String, String> context) {
        return translating(() -> {
            try {
                return Optional.of(client.decrypt(request -> request.keyId(settings.keyId())
                                .ciphertextBlob(SdkBytes.fromByteArray(ciphertext))
                                .encryptionContext(context))
                        .plaintext()
                        .asByteArray());
            } catch (InvalidCiphertextException | IncorrectKeyException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "AwsKmsKey[" + settings.keyId() + "]";
    }

    private <T> T translating(Supplier<T> request) {
        try {
            return request.get();
        } catch (AwsServiceException e) {
            throw refused(e);
        } catch (SdkException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CoordinatorException(
                        ErrorCode.INTERRUPTED, "interrupted while waiting for AWS KMS", "Run the command again.", e);
            }
            throw error(
                    ErrorCode.KEY_UNAVAILABLE,
                    "AWS KMS could not be asked for key '" + settings.keyId() + "': " + e.getMessage(),
                    "Check the network, the endpoint and the credentials of this process, and try again.",
                    e);
        }
    }

    private CoordinatorException refused(AwsServiceException e) {
        String name = e.awsErrorDetails() == null
                ? ""
                : String.valueOf(e.awsErrorDetails().errorCode());
        String key = "key '" + settings.keyId() + "' of AWS KMS ";
        return switch (name) {
            case "DisabledException" ->
                error(
                        ErrorCode.KEY_DISABLED,
                        key + "is disabled: " + message(e),
                        "Enable the key at AWS KMS, and try again.",
                        e);
            case "KMSInvalidStateException" -> inWrongState(key, e);
            case "ValidationException", "InvalidArnException", "InvalidKeyUsageException" ->
                error(
                        ErrorCode.INVALID_CONFIGURATION,
                        key + "is not one that can encrypt: " + message(e),
                        "Name a symmetric key by its ARN in the configuration.",
                        e);
            case "NotFoundException" ->
                error(
                        ErrorCode.KEY_DESTROYED,
                        key + "does not exist: " + message(e),
                        "Check its ARN, region and account; if it was deleted, use the key of another slot.",
                        e);
            case "AccessDeniedException",
                    "UnrecognizedClientException",
                    "InvalidSignatureException",
                    "IncompleteSignature",
                    "InvalidClientTokenId",
                    "ExpiredTokenException",
                    "ExpiredToken",
                    "MissingAuthenticationToken" ->
                error(
                        ErrorCode.KEY_ACCESS_DENIED,
                        key + "may not be used with these credentials: " + message(e),
                        "Let the key's policy allow kms:Encrypt and kms:Decrypt to the identity of this process.",
                        e);
            default ->
                error(
                        ErrorCode.KEY_UNAVAILABLE,
                        key + "could not be used: " + (name.isEmpty() ? "HTTP status " + e.statusCode() : name) + ", "
                                + message(e),
                        "Try again later; see the status of AWS KMS.",
                        e);
        };
    }

    /** One error stands for several states of a key; only the text tells them apart. */
    private static CoordinatorException inWrongState(String key, AwsServiceException e) {
        boolean isGoing = message(e).contains("deletion");
        return isGoing
                ? error(
                        ErrorCode.KEY_DESTROYED,
                        key + "is going to be deleted: " + message(e),
                        "Cancel the deletion at AWS KMS while there is time; else use the key of another slot.",
                        e)
                : error(
                        ErrorCode.KEY_UNAVAILABLE,
                        key + "is in a state in which it can't be used: " + message(e),
                        "See the state of the key at AWS KMS.",
                        e);
    }

    private static String message(AwsServiceException e) {
        return e.awsErrorDetails() == null
                ? e.getMessage()
                : String.valueOf(e.awsErrorDetails().errorMessage());
    }

    private static CoordinatorException error(ErrorCode code, String message, String hint, Exception cause) {
        return new CoordinatorException(code, message, hint, cause);
    }
}
