package dev.tidemark.coordinator.service.problem;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.tidemark.kvs.ErrorCode;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON of an answer that refuses, or reports a failure: RFC 9457 with a code, a hint and whether the same request may succeed later.
 *
 * @param type {@code urn:tidemark:problem:} with the code in lower case and with hyphens
 * @param title the code in words
 * @param status HTTP status, 400..599
 * @param detail what is wrong with this request; one line
 * @param instance {@code urn:uuid:} with the id under which the log has the cause
 * @param code name of an {@link ErrorCode}; text, so that a client understands the answers of a later version
 * @param hint what to do, one sentence; empty when there is nothing to advise
 * @param retryable whether the same request may succeed later without anybody changing anything
 * @param members further members that some problems have; empty for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"type", "title", "status", "detail", "instance", "code", "hint", "retryable"})
public record Problem(
        @JsonProperty("type") String type,
        @JsonProperty("title") String title,
        @JsonProperty("status") int status,
        @JsonProperty("detail") String detail,
        @JsonProperty("instance") String instance,
        @JsonProperty("code") String code,
        @JsonProperty("hint") String hint,
        @JsonProperty("retryable") boolean retryable,
        @JsonAnyGetter @JsonAnySetter Map<String, Object> members) {
    /** The media type of a problem. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String TYPE_PREFIX = "urn:tidemark:problem:";

    /** Copies the members. */
    public Problem {
        members = members == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(members));
    }

    /** Returns the problem of a code, with the code's own status. */
    static Problem of(ErrorCode code, String detail, String hint, String instance) {
        String words = code.name().toLowerCase(Locale.ROOT);
        return new Problem(
                TYPE_PREFIX + words.replace('_', '-'),
                words.replace('_', ' '),
                code.httpStatus(),
                detail,
                instance,
                code.name(),
                hint,
                code.isRetryable(),
                Map.of());
    }

    Problem withStatus(int newStatus) {
        return new Problem(type, title, newStatus, detail, instance, code, hint, retryable, members);
    }

    Problem withMembers(Map<String, Object> newMembers) {
        return new Problem(type, title, status, detail, instance, code, hint, retryable, newMembers);
    }
}
