package dev.tidemark.coordinator.archive.s3.server;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What can happen to one request on its way through a {@link FaultProxy}. */
public enum Fault {
    /** The store answers 500 and has done nothing. */
    INTERNAL_ERROR,
    /** The store answers 500 and has done it all the same. */
    LATE_INTERNAL_ERROR,
    /** The store answers 503 SlowDown. */
    SLOW_DOWN,
    /** The request gets no answer and has no effect. */
    HANG,
    /** The request has its effect, and the connection ends before the answer. */
    LOST_RESPONSE,
    /** The connection is reset in the middle of the answer's body. */
    TRUNCATED_RESPONSE,
    /** The connection is closed in an orderly way in the middle of the answer's body. */
    SHORT_RESPONSE,
    /** Half of the body of the request reaches the store, then the connection to it ends. */
    TRUNCATED_REQUEST,
    /** One bit of the object in the answer is another one. */
    BIT_FLIP,
    /** One bit of the object in the request is another one. */
    REQUEST_BIT_FLIP,
    /** The connection is reset before the request has had an effect. */
    RESET,
    /** The store answers that the session's credentials have expired. */
    EXPIRED_TOKEN,
    /** The store answers that these credentials may not do this. */
    ACCESS_DENIED,
    /** The store answers that the clocks differ too much. */
    SKEWED_CLOCK,
    /** The store answers that the bucket is in another region. */
    WRONG_REGION,
    /** The store answers that the quota is used up. */
    QUOTA_FULL,
    /** The store answers that a lock is on the object. */
    LOCKED,
    /** The store answers that it doesn't know the condition of a creation. */
    CONDITION_UNKNOWN,
    /** The store never sees the condition of a creation. For servers that don't check signatures. */
    CONDITION_IGNORED,
    /** The newest key is missing in a listing. */
    LIST_MISSING_KEYS,
    /** A key stands in a listing twice. */
    LIST_DUPLICATED_KEYS,
    /** A listing says that there is more, and not where. */
    LIST_CUT_OFF,
    /** A completion of an upload in parts answers 200 with an error in its body, and has done nothing. */
    COMPLETE_ERROR;

    /** Every fault that may pass and can be noticed, but for a hang, which only costs time. */
    public static final Set<Fault> PASSING = Collections.unmodifiableSet(EnumSet.of(
            INTERNAL_ERROR,
            LATE_INTERNAL_ERROR,
            SLOW_DOWN,
            LOST_RESPONSE,
            TRUNCATED_RESPONSE,
            SHORT_RESPONSE,
            TRUNCATED_REQUEST,
            BIT_FLIP,
            REQUEST_BIT_FLIP,
            RESET,
            LIST_DUPLICATED_KEYS,
            LIST_CUT_OFF,
            COMPLETE_ERROR));

    /** Tells whether a fault can happen to a request. */
    boolean fits(HttpMessage request) {
        return switch (this) {
            case TRUNCATED_RESPONSE, SHORT_RESPONSE, BIT_FLIP -> request.isObjectRead();
            case TRUNCATED_REQUEST, REQUEST_BIT_FLIP -> request.isUpload() && request.body().length > 1;
            case LIST_MISSING_KEYS, LIST_DUPLICATED_KEYS, LIST_CUT_OFF -> request.isListing();
            case COMPLETE_ERROR -> request.isCompletion();
            case CONDITION_IGNORED -> !request.header("If-None-Match").isEmpty();
            default -> true;
        };
    }
}
