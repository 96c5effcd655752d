package dev.tidemark.kvs;

/**
 * Every way in which Tidemark refuses or fails, with the HTTP status and the process exit code that stand for it.
 * Names and numbers are part of the interface: they are never renumbered and never reused.
 *
 * <p>Exit codes 0 to 2 and 130 have their customary meaning; from 10 on they are grouped by tens: input and
 * configuration, oracle, store, archive, operations.
 */
public enum ErrorCode {
    /** A defect in Tidemark itself. */
    INTERNAL(1, 500, false),
    /** The command line can't be understood. */
    USAGE(2, 400, false),
    /** The operator or the system stopped the process; the operation can be resumed. */
    INTERRUPTED(130, 503, true),

    INVALID_CONFIGURATION(10, 400, false),
    INVALID_INPUT(11, 400, false),
    UNKNOWN_NAMESPACE(12, 404, false),
    UNKNOWN_BACKUP(13, 404, false),
    UNKNOWN_OPERATION(14, 404, false),
    INVALID_TIMESTAMP_FILE(15, 400, false),
    TIMESTAMP_OUT_OF_RANGE(16, 400, false),
    NOT_ALLOWED_NOW(17, 409, false),
    FORBIDDEN(18, 403, false),
    TOO_MANY_REQUESTS(19, 429, true),

    ORACLE_UNAVAILABLE(20, 503, true),
    LEASE_LOST(21, 409, true),
    NAMESPACE_FENCED(22, 409, false),
    FENCE_CONFLICT(23, 409, false),
    BOUND_STORE_DAMAGED(24, 500, false),
    BOUND_STORE_IN_USE(25, 409, true),
    ORACLE_WENT_BACK(26, 409, false),
    UNAUTHORIZED(27, 401, false),
    SERVICE_UNAVAILABLE(28, 503, true),

    STORE_UNAVAILABLE(30, 503, true),
    STORE_IN_USE(31, 409, true),
    STORE_DAMAGED(32, 500, false),
    STORE_UNSUPPORTED(33, 400, false),
    STORE_NOT_EMPTY(34, 409, false),
    RESTORE_INCOMPLETE(35, 409, false),
    INSUFFICIENT_COVERAGE(36, 409, false),
    SNAPSHOT_FAILED(37, 500, true),
    TRANSACTION_CONFLICT(38, 409, true),
    UNKNOWN_TRANSACTIONS_SCHEMA(39, 409, false),
    UNKNOWN_TABLE(40, 404, false),
    CLOCK_BEHIND(41, 409, true),

    ARCHIVE_NOT_FOUND(50, 404, false),
    ARCHIVE_EXISTS(51, 409, false),
    ARCHIVE_MISMATCH(52, 409, false),
    ARCHIVE_UNAVAILABLE(53, 503, true),
    ARCHIVE_TOO_WEAK(54, 400, false),
    WRONG_KEY(55, 403, false),
    KEY_DESTROYED(56, 410, false),
    OBJECT_EXISTS(57, 409, false),
    OBJECT_MISSING(58, 404, false),
    OBJECT_DAMAGED(59, 500, false),
    MANIFEST_INVALID(60, 500, false),
    UNKNOWN_FORMAT_VERSION(61, 409, false),
    DISK_FULL(62, 507, false),
    ARCHIVE_ACCESS_DENIED(63, 403, false),
    READ_ONLY_KEY(64, 403, false),
    KEY_ACCESS_DENIED(65, 403, false),
    KEY_DISABLED(66, 409, false),
    KEY_UNAVAILABLE(67, 503, true),
    OBJECT_LOCKED(68, 409, false),
    ARCHIVE_READ_ONLY(69, 409, false),

    OPERATION_IN_PROGRESS(70, 409, true),
    FENCED_OUT(71, 409, false),
    OPERATION_CANCELLED(72, 409, false),
    VERIFICATION_FAILED(73, 500, false),
    DIGEST_MISMATCH(74, 500, false),
    BACKUP_STALE(75, 500, false),
    OPERATION_STUCK(76, 500, false),
    APPROVAL_REQUIRED(79, 409, false),
    NOT_LEADER(80, 503, true),
    HOOK_FAILED(81, 409, false);

    private final int exitCode;
    private final int httpStatus;
    private final boolean retryable;

    ErrorCode(int exitCode, int httpStatus, boolean retryable) {
        this.exitCode = exitCode;
        this.httpStatus = httpStatus;
        this.retryable = retryable;
    }

    /** Returns the exit code of a process that ends with this error, 1..130. */
    public int exitCode() {
        return exitCode;
    }

    /** Returns the HTTP status of an answer that carries this error. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Tells whether the same request may succeed later without anybody changing anything. */
    public boolean isRetryable() {
        return retryable;
    }
}
