package dev.tidemark.timestamp.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** Reads authorization headers as Conjure does, with or without the name of the scheme. */
final class BearerToken {
    private static final String SCHEME = "Bearer ";

    /** Conjure's rule for a token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9\\-._~+/]+=*");

    private BearerToken() {}

    /** Returns the token in a header; refuses one that is missing or has another form. */
    static String parse(String header) {
        if (header == null) {
            throw RequestRefusedException.missingCredentials();
        }
        String token = header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : header;
        if (!TOKEN.matcher(token).matches()) {
            throw RequestRefusedException.malformedCredentials();
        }
        return token;
    }

    /** Returns the SHA-256 of a token. */
    static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
