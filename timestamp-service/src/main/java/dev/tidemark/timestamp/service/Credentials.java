package dev.tidemark.timestamp.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** Checks authorization headers. */
final class Credentials {
    private static final String SCHEME = "Bearer ";

    /** Conjure's rule for a token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9\\-._~+/]+=*");

    private final byte[] demanded;

    /**
     * Creates the check.
     *
     * @param token what changes of an oracle's state demand, or null for nothing
     */
    Credentials(String token) {
        this.demanded = token == null ? new byte[0] : token.getBytes(StandardCharsets.UTF_8);
    }

    /** Checks that a header is there and has the form of a token, which is all that TimeLock looks at. */
    void checkForm(String header) {
        parse(header);
    }

    /** Checks the token, if one is configured. */
    void checkToken(String header) {
        if (demanded.length == 0) {
            return;
        }
        byte[] given = parse(header).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, demanded)) {
            throw RequestRefusedException.wrongToken();
        }
    }

    private static String parse(String header) {
        if (header == null) {
            throw RequestRefusedException.missingCredentials();
        }
        String token = header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : header;
        if (!TOKEN.matcher(token).matches()) {
            throw RequestRefusedException.malformedCredentials();
        }
        return token;
    }
}
