package dev.tidemark.timestamp.web;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.util.Locale;
import java.util.Set;

/** A request that is refused before it reaches what it is for, with the status and name that TimeLock gives such a refusal. */
public final class RequestRefusedException extends TidemarkException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String conjureName;

    private RequestRefusedException(int status, String conjureName, ErrorCode code, String message, String hint) {
        super(code, message, hint, null);
        this.status = status;
        this.conjureName = conjureName;
    }

    /** A namespace whose name nobody can have. */
    public static RequestRefusedException unknownPath(String namespace) {
        return new RequestRefusedException(
                404,
                "Default:NotFound",
                ErrorCode.UNKNOWN_NAMESPACE,
                "no namespace can have the name '" + namespace + "'",
                "Correct the name of the namespace.");
    }

    /** A path of TimeLock that this service does not serve. */
    public static RequestRefusedException notServed(String what) {
        return new RequestRefusedException(
                501,
                "Default:NotImplemented",
                ErrorCode.INVALID_INPUT,
                what + " are not served here",
                "Use a TimeLock for clients that lock rows, or a store that commits without locks.");
    }

    static RequestRefusedException missingCredentials() {
        return new RequestRefusedException(
                401,
                "Conjure:MissingCredentials",
                ErrorCode.UNAUTHORIZED,
                "this path demands an authorization header",
                "Send 'Authorization: Bearer TOKEN'.");
    }

    static RequestRefusedException malformedCredentials() {
        return new RequestRefusedException(
                401,
                "Conjure:MalformedCredentials",
                ErrorCode.UNAUTHORIZED,
                "the authorization header is not a bearer token",
                "Send 'Authorization: Bearer TOKEN'.");
    }

    static RequestRefusedException wrongToken() {
        return new RequestRefusedException(
                401,
                "Default:Unauthorized",
                ErrorCode.UNAUTHORIZED,
                "the bearer token is not the one that this service demands",
                "Configure the client with the token of the service.");
    }

    static RequestRefusedException missingRight(Set<Right> needed) {
        String names = String.join(
                " or ",
                needed.stream()
                        .map(right -> right.name().toLowerCase(Locale.ROOT))
                        .toList());
        return new RequestRefusedException(
                403,
                "Default:PermissionDenied",
                ErrorCode.FORBIDDEN,
                "this path needs the right " + names + ", which the token does not have",
                "Use another token, or give this one the right under 'oracle.access.tokens'.");
    }

    static RequestRefusedException bodyTooLarge(int limitBytes) {
        return new RequestRefusedException(
                413,
                "Default:RequestEntityTooLarge",
                ErrorCode.INVALID_INPUT,
                "the request's body is longer than " + limitBytes + " bytes",
                "Split the request.");
    }

    int status() {
        return status;
    }

    String conjureName() {
        return conjureName;
    }
}
