package dev.tidemark.timestamp.web;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON of every error: Conjure's form, in which TimeLock answers, with Tidemark's code, message and hint among the
 * parameters.
 *
 * @param errorCode one of Conjure's codes
 * @param errorName name of the error
 * @param errorInstanceId under which the log has the cause
 * @param parameters {@code code}, {@code message} and {@code hint}; empty for errors of the web framework
 */
public record ErrorBody(String errorCode, String errorName, String errorInstanceId, Map<String, String> parameters) {
    /** Copies the map. */
    public ErrorBody {
        parameters = Map.copyOf(parameters);
    }

    /** Returns the body for a status, under the names that TimeLock uses for it. */
    static ErrorBody of(int status, String instanceId, Map<String, String> parameters) {
        return switch (status) {
            case 400 -> new ErrorBody("INVALID_ARGUMENT", "Default:InvalidArgument", instanceId, parameters);
            case 401 -> new ErrorBody("UNAUTHORIZED", "Default:Unauthorized", instanceId, parameters);
            case 403 -> new ErrorBody("PERMISSION_DENIED", "Default:PermissionDenied", instanceId, parameters);
            case 404 -> new ErrorBody("NOT_FOUND", "Default:NotFound", instanceId, parameters);
            case 405 -> new ErrorBody("javax.ws.rs.NotAllowedException", "NotAllowedException", instanceId, parameters);
            case 409 -> new ErrorBody("CONFLICT", "Default:Conflict", instanceId, parameters);
            case 413 ->
                new ErrorBody("REQUEST_ENTITY_TOO_LARGE", "Default:RequestEntityTooLarge", instanceId, parameters);
            case 415 ->
                new ErrorBody("javax.ws.rs.NotSupportedException", "NotSupportedException", instanceId, parameters);
            case 429 -> new ErrorBody("CUSTOM_CLIENT", "Default:CustomClient", instanceId, parameters);
            case 501 -> new ErrorBody("CUSTOM_SERVER", "Default:NotImplemented", instanceId, parameters);
            case 503 -> new ErrorBody("SERVICE_UNAVAILABLE", "Default:ServiceUnavailable", instanceId, parameters);
            default -> new ErrorBody("INTERNAL", "Default:Internal", instanceId, parameters);
        };
    }

    ErrorBody withName(String newErrorName) {
        return new ErrorBody(errorCode, newErrorName, errorInstanceId, parameters);
    }

    static Map<String, String> parameters(String code, String message, String hint) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("code", code);
        parameters.put("message", message);
        parameters.put("hint", hint);
        return parameters;
    }
}
