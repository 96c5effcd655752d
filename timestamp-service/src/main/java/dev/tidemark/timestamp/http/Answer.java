package dev.tidemark.timestamp.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A server's answer that is not to be asked for again.
 *
 * @param uri where it came from
 * @param status the HTTP status
 * @param body its text, bounded by the transport
 */
record Answer(URI uri, int status, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    boolean isSuccess() {
        return status / 100 == 2;
    }

    /** Tells whether the server does not know the path, as opposed to knowing it and not finding the namespace. */
    boolean isUnknownPath() {
        return (status == 404 || status == 405) && parameters().isEmpty();
    }

    /** Returns the answer as a whole number, or throws what it says instead. */
    long number() {
        return number(json());
    }

    /** Returns a whole number in the answer's object. */
    long number(String field) {
        return number(json().path(field));
    }

    /** Returns the JSON of a successful answer. */
    JsonNode json() {
        requireSuccess();
        return parse().filter(Predicate.not(JsonNode::isMissingNode)).orElseThrow(this::unintelligible);
    }

    void requireSuccess() {
        if (!isSuccess()) {
            throw error();
        }
    }

    /** Returns the error for an answer that is JSON and not what the path answers with. */
    TimestampException unintelligible() {
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "answer of '" + uri + "' with status " + status + " is not what a timestamp oracle says",
                "Check the oracle's address and base path.");
    }

    /** Translates an answer that is not a success. */
    TimestampException error() {
        return parameters().map(this::tidemarkError).orElseGet(this::foreignError);
    }

    /** Returns a whole number that was found in the answer. */
    long number(JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw unintelligible();
        }
        return node.longValue();
    }

    /** Returns the parameters of an error of Tidemark's service, which have a code. */
    private Optional<JsonNode> parameters() {
        return parse().map(node -> node.path("parameters"))
                .filter(parameters -> parameters.path("code").isTextual());
    }

    /** Translates an error of Tidemark's service; a code that only a newer version knows is taken for what its status means. */
    private TimestampException tidemarkError(JsonNode parameters) {
        String name = parameters.path("code").textValue();
        String message = parameters.path("message").asText();
        String hint = parameters.path("hint").asText();
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return new TimestampException(code, message, hint);
            }
        }
        return new TimestampException(foreignError().code(), message + " (" + name + ")", hint);
    }

    private TimestampException foreignError() {
        String message = "'" + uri + "' answered with status " + status;
        return switch (status) {
            case 400 ->
                new TimestampException(
                        ErrorCode.INVALID_INPUT, message, "Check the namespace's name and the timestamp.");
            case 401, 403 ->
                new TimestampException(
                        ErrorCode.UNAUTHORIZED, message, "Configure the bearer token that the oracle expects.");
            case 404, 405 ->
                new TimestampException(
                        ErrorCode.ORACLE_UNAVAILABLE, message, "Check the oracle's address and base path.");
            default ->
                new TimestampException(
                        ErrorCode.ORACLE_UNAVAILABLE, message, "Look into the log of the timestamp oracle.");
        };
    }

    private Optional<JsonNode> parse() {
        try {
            return Optional.ofNullable(JSON.readTree(body));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
