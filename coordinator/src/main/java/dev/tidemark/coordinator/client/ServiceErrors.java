package dev.tidemark.coordinator.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Makes exceptions of answers that refuse, and of answers that do not come. */
final class ServiceErrors {
    private static final String APPROVAL = "approval";

    private final ObjectMapper mapper;

    ServiceErrors(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** Returns what a problem says; of another answer what its status says. */
    CoordinatorException refused(URI server, int status, String body) {
        JsonNode problem = problem(body);
        String detail = problem.path("detail").asText();
        ErrorCode code = code(problem.path("code").asText(), status);
        if (detail.isEmpty()) {
            return new CoordinatorException(
                    code,
                    server + " answered with status " + status + ", and not as a coordinator service does",
                    "Check the address: it is that of 'tidemark server', without a path.");
        }
        String approval = problem.path(APPROVAL).asText();
        String hint = approval.isEmpty()
                ? problem.path("hint").asText()
                : "Have approval '" + approval
                        + "' granted by somebody else, and send the same request with the header " + Approvals.HEADER
                        + " (--approval " + approval + ").";
        return new CoordinatorException(code, detail, hint);
    }

    private JsonNode problem(String body) {
        try {
            JsonNode problem = mapper.readTree(body);
            return problem == null ? mapper.createObjectNode() : problem;
        } catch (JsonProcessingException e) {
            return mapper.createObjectNode(); // no problem in the form of RFC 9457
        }
    }

    /** A later version of the service may have codes that this one does not know. */
    private static ErrorCode code(String name, int status) {
        return Arrays.stream(ErrorCode.values())
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseGet(() -> switch (status) {
                    case 401 -> ErrorCode.UNAUTHORIZED;
                    case 403 -> ErrorCode.FORBIDDEN;
                    case 409 -> ErrorCode.NOT_ALLOWED_NOW;
                    case 429 -> ErrorCode.TOO_MANY_REQUESTS;
                    case 502, 503, 504 -> ErrorCode.SERVICE_UNAVAILABLE;
                    default -> status < 500 ? ErrorCode.INVALID_INPUT : ErrorCode.INTERNAL;
                });
    }

    static CoordinatorException noAnswer(URI server, IOException cause) {
        String reason = cause.getMessage() == null
                ? cause.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                : cause.getMessage();
        for (Throwable at = cause; at != null && !at.equals(at.getCause()); at = at.getCause()) {
            if (at instanceof SSLException) {
                return new CoordinatorException(
                        ErrorCode.UNAUTHORIZED,
                        "there is no trust between this client and " + server + ": " + at.getMessage(),
                        "Check the authority of the service's certificate, and the client's own certificate.",
                        cause);
            }
        }
        return new CoordinatorException(
                ErrorCode.SERVICE_UNAVAILABLE,
                "the coordinator service at " + server + " does not answer: " + reason,
                "Check that 'tidemark server' runs there, and the address.",
                cause);
    }

    /** Tells whether another attempt can't help. */
    static boolean isFinal(CoordinatorException failure) {
        return failure.code() == ErrorCode.UNAUTHORIZED;
    }

    static CoordinatorException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CoordinatorException(
                ErrorCode.INTERRUPTED, "interrupted while waiting for the coordinator service", "", cause);
    }

    static CoordinatorException notUnderstood(String what, String reason, JsonProcessingException cause) {
        return new CoordinatorException(
                ErrorCode.INTERNAL,
                "the answer of the coordinator service to " + what + " is not understood: " + reason,
                "Compare the versions of this program and of the service.",
                cause);
    }
}
