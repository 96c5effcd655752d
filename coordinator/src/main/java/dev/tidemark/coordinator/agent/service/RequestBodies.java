package dev.tidemark.coordinator.agent.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.protocol.AgentJson;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.timestamp.web.QueryNumbers;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads what comes with a request, and refuses whatever is not as it has to be. */
final class RequestBodies {
    private static final int MAX_REASON = 300;

    private RequestBodies() {}

    /**
     * Reads a JSON body.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when it is not of that type, or has a field too many
     */
    static <T> T read(byte[] body, Class<T> type) {
        try {
            return AgentJson.readRequest(body, type);
        } catch (IOException e) {
            if (e.getCause() instanceof TidemarkException known) {
                throw known;
            }
            throw invalid("the request's body is not the JSON that this path expects: " + reason(e), e);
        }
    }

    static RestoreId restore(String id, String epoch) {
        return checked(() -> new RestoreId(id, QueryNumbers.parseLong("epoch", epoch)));
    }

    static SnapshotTag tag(String tag) {
        return checked(() -> new SnapshotTag(tag));
    }

    private static <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw invalid(cut(e.getMessage()), e);
        }
    }

    /** Says what is wrong without a word about the program. */
    private static String reason(IOException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return cut("unknown field '" + unknown.getPropertyName() + "'");
        }
        if (e instanceof InvalidTypeIdException unknown) {
            return cut(
                    unknown.getTypeId() == null ? "'kind' is missing" : "unknown kind '" + unknown.getTypeId() + "'");
        }
        if (e instanceof ValueInstantiationException && e.getCause() instanceof IllegalArgumentException constraint) {
            return cut(constraint.getMessage());
        }
        if (e instanceof JsonMappingException mapping) {
            String field = mapping.getPath().stream()
                    .map(JsonMappingException.Reference::getFieldName)
                    .filter(Objects::nonNull)
                    .collect(Collectors.joining("."));
            return cut("a value is missing or not acceptable" + (field.isEmpty() ? "" : " in '" + field + "'"));
        }
        if (e instanceof JsonProcessingException json && json.getLocation() != null) {
            return "no JSON at line " + json.getLocation().getLineNr() + ", column "
                    + json.getLocation().getColumnNr();
        }
        return "no JSON";
    }

    private static String cut(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) + " (and so on)" : line;
    }

    static CoordinatorException invalid(String message, Exception cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT, message, "Compare the request with the page on the HTTP API.", cause);
    }
}
