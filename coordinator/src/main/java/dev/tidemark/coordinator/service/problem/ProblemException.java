package dev.tidemark.coordinator.service.problem;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.util.Map;
import java.util.TreeMap;

/** A refusal whose answer has another status than its code, headers of its own, or members that no other problem has. */
public final class ProblemException extends TidemarkException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;
    private final transient Map<String, Object> members;

    /** Creates a refusal with the status of its code; see {@link TidemarkException} for the form of message and hint. */
    public ProblemException(ErrorCode code, String message, String hint) {
        this(code, code.httpStatus(), message, hint, Map.of(), Map.of());
    }

    private ProblemException(
            ErrorCode code,
            int status,
            String message,
            String hint,
            Map<String, String> headers,
            Map<String, Object> members) {
        super(code, message, hint, null);
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.members = Map.copyOf(members);
    }

    /** Returns the same refusal with another HTTP status. */
    public ProblemException withStatus(int newStatus) {
        return new ProblemException(code(), newStatus, getMessage(), hint(), headers, members);
    }

    /** Returns the same refusal with one more header in its answer. */
    public ProblemException withHeader(String name, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return new ProblemException(code(), status, getMessage(), hint(), all, members);
    }

    /** Returns the same refusal with one more member in its problem; text, a number or a boolean. */
    public ProblemException withMember(String name, Object value) {
        Map<String, Object> all = new TreeMap<>(members);
        all.put(name, value);
        return new ProblemException(code(), status, getMessage(), hint(), headers, all);
    }

    /** Returns the HTTP status of the answer. */
    public int status() {
        return status;
    }

    /** Returns the headers that the answer has beside those of every problem. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the members that the problem has beside those of every problem. */
    public Map<String, Object> members() {
        return members;
    }
}
