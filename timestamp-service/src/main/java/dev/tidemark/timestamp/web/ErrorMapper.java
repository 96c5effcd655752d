package dev.tidemark.timestamp.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every exception into an answer; what only the log may show is found there under the error's instance id. */
public final class ErrorMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);

    private final Supplier<UUID> instanceIds;
    private final String service;

    /**
     * Creates the mapper.
     *
     * @param instanceIds names each error
     * @param service what a hint calls the service, such as {@code timestamp service}
     */
    public ErrorMapper(Supplier<UUID> instanceIds, String service) {
        this.instanceIds = instanceIds;
        this.service = service;
    }

    @Override
    public Response toResponse(Throwable error) {
        String instanceId = instanceIds.get().toString();
        if (error instanceof RequestRefusedException refused) {
            ErrorBody body = ErrorBody.of(refused.status(), instanceId, parameters(refused));
            return answer(refused.status(), body.withName(refused.conjureName()), error);
        }
        if (error instanceof TidemarkException known) {
            int status = known.code().httpStatus();
            return answer(status, ErrorBody.of(status, instanceId, parameters(known)), error);
        }
        if (error instanceof WebApplicationException web) {
            return answerOf(web, instanceId);
        }
        if (error instanceof JsonProcessingException json) {
            return answer(400, ErrorBody.of(400, instanceId, invalidJson(json)), error);
        }
        Map<String, String> parameters = ErrorBody.parameters(
                ErrorCode.INTERNAL.name(),
                "internal error",
                "Look for '" + instanceId + "' in the log of the " + service + " and report it as a defect.");
        return answer(500, ErrorBody.of(500, instanceId, parameters), error);
    }

    private static Response answerOf(WebApplicationException error, String instanceId) {
        // A redirect and the answer to OPTIONS also come as such an exception.
        Response response = error.getResponse();
        if (response.getStatus() < 400) {
            return response;
        }
        int status = response.getStatus();
        return answer(status, ErrorBody.of(status, instanceId, Map.of()), error);
    }

    private static Response answer(int status, ErrorBody body, Throwable error) {
        if (status >= 500 && !isOrdinary(status, error)) {
            LOG.error("request failed with status {} as '{}'", status, body.errorInstanceId(), error);
        } else {
            LOG.debug("request refused with status {} as '{}'", status, body.errorInstanceId(), error);
        }
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(body)
                .build();
    }

    /** Tells whether nothing is wrong here: the leader is elsewhere, or the client asks for what is not served. */
    private static boolean isOrdinary(int status, Throwable error) {
        return status == 501 || (error instanceof TidemarkException known && known.code() == ErrorCode.NOT_LEADER);
    }

    private static Map<String, String> parameters(TidemarkException error) {
        return ErrorBody.parameters(error.code().name(), error.getMessage(), error.hint());
    }

    private static Map<String, String> invalidJson(JsonProcessingException error) {
        String place = error.getLocation() == null
                ? ""
                : " at line " + error.getLocation().getLineNr() + ", column "
                        + error.getLocation().getColumnNr();
        return ErrorBody.parameters(
                ErrorCode.INVALID_INPUT.name(),
                "the request's body is not the JSON that this path expects" + place,
                "Compare the request with the page on the HTTP API.");
    }
}
