package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Translates what the SDK throws. The names of errors are those of AWS; other stores use them too, and where they don't the
 * status decides. No message holds a secret: neither keys nor headers get into one. Thread-safe.
 */
final class S3Errors {
    private static final String UNREACHABLE =
            "Check that the store answers at this address, and run the command again.";
    private static final int MAX_TEXT = 300;
    private static final int MAX_RETRY_AFTER_SECONDS = 3600;

    private static final Set<String> PASSING = Set.of(
            "InternalError",
            "ServiceUnavailable",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "RequestLimitExceeded",
            "RequestTimeout",
            "RequestTimeoutException",
            "IncompleteBody",
            "BadDigest",
            "InvalidDigest",
            "XAmzContentSHA256Mismatch",
            "XAmzContentChecksumMismatch",
            "OperationAborted",
            "ConditionalRequestConflict");

    /** Errors of credentials and rights, and what to do. */
    private static final Map<String, String> DENIED = Map.ofEntries(
            Map.entry("AccessDenied", "Grant these credentials what docs/s3.rst lists for their role."),
            Map.entry("AllAccessDisabled", "Ask the owner of the bucket to enable it."),
            Map.entry("AccountProblem", "Ask the provider what is wrong with the account."),
            Map.entry("InvalidAccessKeyId", "Correct the access key in the configuration of the archive."),
            Map.entry("SignatureDoesNotMatch", "Correct the secret key in the configuration of the archive."),
            Map.entry("ExpiredToken", "Renew the session's credentials and run the command again."),
            Map.entry("ExpiredTokenException", "Renew the session's credentials and run the command again."),
            Map.entry("TokenRefreshRequired", "Renew the session's credentials and run the command again."),
            Map.entry("InvalidToken", "Renew the session's credentials and run the command again."),
            Map.entry("RequestTimeTooSkewed", "Set the clock of this machine and run the command again."),
            Map.entry("RequestExpired", "Set the clock of this machine and run the command again."),
            Map.entry("InvalidObjectState", "Bring the objects back from the cold storage class first."));

    private static final Set<String> FULL = Set.of(
            "QuotaExceeded",
            "ServiceQuotaExceededException",
            "InsufficientStorage",
            "InsufficientCapacity",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded");

    private final S3Place place;

    S3Errors(S3Place place) {
        this.place = place;
    }

    /** Tells whether the store says that there is no such object, version or upload; not when the bucket is missing. */
    static boolean isMissing(AwsServiceException e) {
        return e.statusCode() == 404 && !"NoSuchBucket".equals(name(e));
    }

    /** Tells whether the store has refused a creation because the key is taken. */
    static boolean isTaken(AwsServiceException e) {
        return e.statusCode() == 412;
    }

    /**
     * Translates.
     *
     * @param action what was tried, such as {@code read object 'a'}
     */
    CoordinatorException translate(String action, SdkException e) {
        if (e instanceof AwsServiceException answer) {
            return answered(action, answer);
        }
        if (e instanceof AbortedException || hasCause(e, InterruptedException.class)) {
            Thread.currentThread().interrupt();
            return interrupted(action, e);
        }
        if (e instanceof ApiCallAttemptTimeoutException || e instanceof ApiCallTimeoutException) {
            return passing(action, "no answer in time", TransientFailure.Effect.UNKNOWN, e);
        }
        Optional<IOException> torn = cause(e, IOException.class);
        if (torn.isPresent()) {
            return torn(action, torn.get(), e);
        }
        if (e instanceof RetryableException || e.retryable()) {
            return passing(action, text(e.getMessage()), TransientFailure.Effect.UNKNOWN, e);
        }
        if (String.valueOf(e.getMessage()).contains("credentials")) {
            return error(
                    ErrorCode.ARCHIVE_ACCESS_DENIED,
                    action,
                    "there are no credentials",
                    "Configure credentials for the archive, or provide them where the SDK looks for them.",
                    e);
        }
        return error(ErrorCode.ARCHIVE_UNAVAILABLE, action, text(e.getMessage()), UNREACHABLE, e);
    }

    /**
     * Translates what sending a body throws. The signature of a body that was damaged on its way is wrong, and nothing tells that
     * from a wrong key; since a store is asked other things before it is sent anything, it is tried again.
     */
    CoordinatorException translateUpload(String action, SdkException e) {
        CoordinatorException translated = translate(action, e);
        boolean isDamage = e instanceof AwsServiceException answer && "SignatureDoesNotMatch".equals(name(answer));
        return isDamage
                ? new CoordinatorException(
                        translated.code(),
                        translated.getMessage(),
                        translated.hint(),
                        new TransientFailure(TransientFailure.Effect.NONE, e))
                : translated;
    }

    /** Translates what reading a body throws. */
    CoordinatorException translate(String action, IOException e) {
        return torn(action, e, e);
    }

    /** Returns an error that may pass. */
    CoordinatorException passing(String action, String problem, TransientFailure.Effect effect, Throwable cause) {
        return error(ErrorCode.ARCHIVE_UNAVAILABLE, action, problem, UNREACHABLE, new TransientFailure(effect, cause));
    }

    /** Returns an error that is there to stay. */
    CoordinatorException error(ErrorCode code, String action, String problem, String hint, Throwable cause) {
        return new CoordinatorException(
                code, "cannot " + action + " in '" + place.location() + "': " + problem, hint, cause);
    }

    private CoordinatorException torn(String action, IOException torn, Exception cause) {
        if (torn instanceof SSLHandshakeException || torn instanceof SSLPeerUnverifiedException) {
            return error(
                    ErrorCode.INVALID_CONFIGURATION,
                    action,
                    "its certificate is not trusted: " + text(torn.getMessage()),
                    "Name the authority that signed it with 'caCertificates'.",
                    cause);
        }
        boolean isTimeout = torn instanceof SocketTimeoutException;
        if (torn instanceof InterruptedIOException
                && !isTimeout
                && Thread.currentThread().isInterrupted()) {
            return interrupted(action, cause);
        }
        boolean isUnreached = torn instanceof ConnectException || torn instanceof UnknownHostException;
        String problem = torn instanceof UnknownHostException
                ? "host '" + text(torn.getMessage()) + "' is not known"
                : isTimeout ? "no answer in time" : text(torn.getMessage());
        return passing(
                action, problem, isUnreached ? TransientFailure.Effect.NONE : TransientFailure.Effect.UNKNOWN, cause);
    }

    private CoordinatorException answered(String action, AwsServiceException e) {
        String name = name(e);
        int status = e.statusCode();
        String problem = status + " " + name + (text(e).isEmpty() ? "" : ": " + text(e));
        if (FULL.contains(name) || status == 507) {
            return error(
                    ErrorCode.DISK_FULL,
                    action,
                    problem,
                    "Raise the quota or free space in the store, and run the command again.",
                    e);
        }
        if (isElsewhere(e, name)) {
            return elsewhere(action, e, problem);
        }
        if ("NoSuchBucket".equals(name)) {
            return error(
                    ErrorCode.ARCHIVE_NOT_FOUND,
                    action,
                    "there is no bucket '" + place.bucket() + "'",
                    "Correct the name of the bucket, or create it: Tidemark doesn't.",
                    e);
        }
        if (isLocked(e, name)) {
            return error(ErrorCode.OBJECT_LOCKED, action, problem, "Wait until the lock has ended.", e);
        }
        if (DENIED.containsKey(name) || name.startsWith("KMS.") || status == 401 || status == 403) {
            String hint = name.startsWith("KMS.")
                    ? "Enable the key for these credentials, or configure another one."
                    : DENIED.getOrDefault(name, DENIED.get("AccessDenied"));
            return error(ErrorCode.ARCHIVE_ACCESS_DENIED, action, problem, hint, e);
        }
        if (status == 501 || status == 405 || "NotImplemented".equals(name)) {
            return error(
                    ErrorCode.ARCHIVE_TOO_WEAK,
                    action,
                    problem,
                    "Switch off what the store doesn't have, or use another one: docs/s3.rst lists what is needed.",
                    e);
        }
        if (PASSING.contains(name) || status >= 500 || status == 429 || status == 408) {
            return error(ErrorCode.ARCHIVE_UNAVAILABLE, action, problem, hint(name), mark(e, name, status));
        }
        return error(
                ErrorCode.ARCHIVE_UNAVAILABLE,
                action,
                problem,
                "Compare the configuration of the archive with docs/s3.rst.",
                e);
    }

    /** A throttled request has done nothing, and neither has one whose body was refused; of any other failure nobody knows. */
    private static TransientFailure mark(AwsServiceException e, String name, int status) {
        boolean isRefused = status < 500 || status == 503 || "SlowDown".equals(name);
        return new TransientFailure(
                isRefused ? TransientFailure.Effect.NONE : TransientFailure.Effect.UNKNOWN, retryAfter(e), e);
    }

    private static String hint(String name) {
        boolean isChecksum = name.startsWith("XAmzContent") || name.endsWith("Digest");
        return isChecksum
                ? "When every upload fails like this, the store doesn't know the checksums: set 'checksums: md5'."
                : UNREACHABLE;
    }

    private static boolean isElsewhere(AwsServiceException e, String name) {
        return e.statusCode() == 301
                || e.statusCode() == 307
                || "PermanentRedirect".equals(name)
                || "IllegalLocationConstraintException".equals(name)
                || ("AuthorizationHeaderMalformed".equals(name) && text(e).contains("region"));
    }

    private CoordinatorException elsewhere(String action, AwsServiceException e, String problem) {
        Optional<String> region = header(e, "x-amz-bucket-region");
        return error(
                ErrorCode.INVALID_CONFIGURATION,
                action,
                region.map(name -> "the bucket is in region '" + name + "'").orElse(problem),
                region.map(name -> "Set 'region: " + name + "' in the configuration of the archive.")
                        .orElse("Correct 'region' and 'endpoint' in the configuration of the archive."),
                e);
    }

    private static boolean isLocked(AwsServiceException e, String name) {
        String text = text(e).toLowerCase(Locale.ROOT);
        return "ObjectLocked".equals(name)
                || (("AccessDenied".equals(name) || "InvalidRequest".equals(name) || "MethodNotAllowed".equals(name))
                        && (text.contains("object lock") || text.contains("worm") || text.contains("retention")));
    }

    private static Duration retryAfter(AwsServiceException e) {
        String seconds = header(e, "Retry-After").orElse("");
        if (!seconds.matches("[0-9]{1,9}")) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(Math.min(MAX_RETRY_AFTER_SECONDS, Integer.parseInt(seconds)));
    }

    private static Optional<String> header(AwsServiceException e, String name) {
        AwsErrorDetails details = e.awsErrorDetails();
        return details == null || details.sdkHttpResponse() == null
                ? Optional.empty()
                : details.sdkHttpResponse().firstMatchingHeader(name);
    }

    /** Returns the name of an error; empty when the store has given none. */
    static String name(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    private static String text(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        return details == null || details.errorMessage() == null ? "" : text(details.errorMessage());
    }

    private static String text(String message) {
        String line = String.valueOf(message).replaceAll("\\s+", " ").strip();
        return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "...";
    }

    private CoordinatorException interrupted(String action, Exception cause) {
        return new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted while it tried to " + action, "", cause);
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        return cause(e, type).isPresent();
    }

    private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
        Throwable cause = e.getCause();
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
