package dev.tidemark.timestamp.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** Checks authorization headers. Keeps of the demanded token only a hash, and compares in a time that tells nothing. */
public final class Credentials {
    private static final String SCHEME = "Bearer ";

    /** Conjure's rule for a token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9\\-._~+/]+=*");

    /** SHA-256 of the token; empty when none is demanded. */
    private final byte[] demanded;

    /**
     * Creates the check.
     *
     * @param token what is demanded, or null for nothing
     */
    public Credentials(String token) {
        this.demanded = token == null ? new byte[0] : hash(token);
    }

    /** Checks that a header is there and has the form of a token, which is all that TimeLock looks at. */
    public void checkForm(String header) {
        parse(header);
    }

    /** Tells whether a header has the form of a token; false for null. */
    public boolean hasForm(String header) {
        return header != null && TOKEN.matcher(token(header)).matches();
    }

    /** Checks the token, if one is demanded. */
    public void checkToken(String header) {
        if (demanded.length == 0) {
            return;
        }
        if (!MessageDigest.isEqual(hash(parse(header)), demanded)) {
            throw RequestRefusedException.wrongToken();
        }
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String parse(String header) {
        if (header == null) {
            throw RequestRefusedException.missingCredentials();
        }
        String token = token(header);
        if (!TOKEN.matcher(token).matches()) {
            throw RequestRefusedException.malformedCredentials();
        }
        return token;
    }

    private static String token(String header) {
        return header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : header;
    }
}
