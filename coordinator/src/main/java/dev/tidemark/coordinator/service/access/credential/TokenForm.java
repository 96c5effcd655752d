package dev.tidemark.coordinator.service.access.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What tokens look like: a prefix by which scanners for secrets find them, and 32 bytes or more in Base64 for URLs. */
final class TokenForm {
    static final String PREFIX = "tdm_";

    private static final Pattern TOKEN = Pattern.compile("tdm_[A-Za-z0-9_-]{43,128}");

    private TokenForm() {}

    static boolean matches(String text) {
        return TOKEN.matcher(text).matches();
    }

    static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hexHash(String token) {
        return HexFormat.of().formatHex(hash(token));
    }
}
