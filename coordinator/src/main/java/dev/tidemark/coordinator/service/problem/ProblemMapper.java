package dev.tidemark.coordinator.service.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpException;
import org.glassfish.jersey.server.ParamException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every exception into a problem. What nobody foresaw is an internal error: the answer has its instance id and nothing else of it,
 * the log has the rest under that id. Thread-safe.
 */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);
    private static final MediaType TYPE = MediaType.valueOf(Problem.MEDIA_TYPE);
    private static final String SEE_PAGE = "Compare the request with the page on the HTTP API.";
    private static final int MAX_TEXT = 2000;
    private static final int MAX_TRACE = 32 * 1024;

    private final InstanceIds instanceIds;

    /** Creates the mapper. */
    public ProblemMapper(InstanceIds instanceIds) {
        this.instanceIds = instanceIds;
    }

    @Override
    public Response toResponse(Throwable error) {
        String id = instanceIds.next().toString();
        if (error instanceof ProblemException refused) {
            Problem problem = problem(refused.code(), refused, id)
                    .withStatus(refused.status())
                    .withMembers(refused.members());
            return answer(problem, refused.headers(), id, error);
        }
        if (error instanceof TidemarkException known && known.code() != ErrorCode.INTERNAL) {
            return answer(problem(known.code(), known, id), Map.of(), id, error);
        }
        if (json(error) instanceof JsonProcessingException json) {
            return jsonRefused(json, id);
        }
        if (error instanceof ParamException parameter) {
            boolean isPath = parameter instanceof ParamException.PathParamException;
            return refused(
                    isPath ? 404 : 400,
                    "the value of parameter '" + parameter.getParameterName() + "' is not acceptable",
                    id,
                    error);
        }
        if (error instanceof ConstraintViolationException violations) {
            return refused(400, describe(violations), id, error);
        }
        if (error instanceof WebApplicationException web) {
            return answerOf(web, id);
        }
        if (error instanceof HttpException http && http.getCode() >= 400 && http.getCode() < 500) {
            return refused(http.getCode(), "the request can't be read", id, error);
        }
        return internalError(id, error);
    }

    private static Throwable json(Throwable error) {
        return error instanceof WebApplicationException && error.getCause() != null ? error.getCause() : error;
    }

    private static Response jsonRefused(JsonProcessingException error, String id) {
        if (error.getCause() instanceof TidemarkException known && known.code() != ErrorCode.INTERNAL) {
            return answer(problem(known.code(), known, id), Map.of(), id, error);
        }
        return refused(400, "the body is not what this path expects: " + JsonMistake.describe(error), id, error);
    }

    private static Response answerOf(WebApplicationException error, String id) {
        // A redirect and the answer to OPTIONS also come as such an exception.
        Response response = error.getResponse();
        int status = response.getStatus();
        if (status < 400) {
            return response;
        }
        if (status >= 500) {
            return internalError(id, error);
        }
        Map<String, String> headers = new TreeMap<>();
        String allow = response.getHeaderString(HttpHeaders.ALLOW);
        if (allow != null) {
            headers.put(HttpHeaders.ALLOW, allow);
        }
        Problem problem = Problem.of(ErrorCode.INVALID_INPUT, detail(status), SEE_PAGE, instance(id))
                .withStatus(status);
        return answer(problem, headers, id, error);
    }

    private static String detail(int status) {
        return switch (status) {
            case 404 -> "there is nothing at this path";
            case 405 -> "this path does not have this method";
            case 406 -> "this path has no answer of a type that the request accepts";
            case 415 -> "this path does not take a body of this type (expected: application/json)";
            default -> "the request is not what this path expects";
        };
    }

    private static Response refused(int status, String detail, String id, Throwable error) {
        Problem problem = Problem.of(ErrorCode.INVALID_INPUT, line(detail), SEE_PAGE, instance(id))
                .withStatus(status);
        return answer(problem, Map.of(), id, error);
    }

    private static Response internalError(String id, Throwable error) {
        Problem problem = Problem.of(
                ErrorCode.INTERNAL,
                "internal error",
                "Look for '" + id + "' in the log of the coordinator and report it as a defect.",
                instance(id));
        return answer(problem, Map.of(), id, error);
    }

    private static Problem problem(ErrorCode code, TidemarkException error, String id) {
        return Problem.of(code, line(String.valueOf(error.getMessage())), line(error.hint()), instance(id));
    }

    private static String describe(ConstraintViolationException error) {
        return error.getConstraintViolations().stream()
                .map(violation -> "'" + violation.getPropertyPath() + "' " + violation.getMessage())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String instance(String id) {
        return "urn:uuid:" + id;
    }

    /** Makes one line without secrets of a text that may have come from the request. */
    private static String line(String text) {
        String line = Redaction.of(text).replaceAll("\\p{Cntrl}", " ");
        return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + " (and so on)" : line;
    }

    private static Response answer(Problem problem, Map<String, String> headers, String id, Throwable error) {
        if (problem.status() >= 500) {
            LOG.error("request failed with status {} as '{}': {}", problem.status(), id, trace(error));
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("request refused with status {} as '{}': {}", problem.status(), id, trace(error));
        }
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(TYPE).entity(problem);
        headers.forEach(response::header);
        return response.build();
    }

    /** A logger would write the messages of a trace as they are, with what the request has put into them. */
    private static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        String trace = text.toString();
        return Redaction.of(trace.length() > MAX_TRACE ? trace.substring(0, MAX_TRACE) : trace);
    }
}
