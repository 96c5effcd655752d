package dev.tidemark.coordinator.service.access.approval;

import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A request to the service, to the byte, as somebody sees it who has to approve it.
 *
 * @param method of HTTP
 * @param target path and query, as they came
 * @param body as it came; empty for none
 * @param sha256 of the three, each with its length before it, as 64 hex digits
 */
public record ExactRequest(String method, String target, String body, String sha256) {
    /** Bytes of a body that somebody can be asked to read. */
    public static final int MAX_BODY_BYTES = 16 * 1024;

    /**
     * Takes a request down.
     *
     * @throws ProblemException {@link ErrorCode#INVALID_INPUT} when the body is longer than {@link #MAX_BODY_BYTES} or no UTF-8 text
     */
    public static ExactRequest of(String method, String target, byte[] body) {
        if (body.length > MAX_BODY_BYTES) {
            throw refused("has " + body.length + " bytes (expected: at most " + MAX_BODY_BYTES + ")");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("is not UTF-8 text");
        }
        MessageDigest digest = newDigest();
        for (byte[] part :
                List.of(method.getBytes(StandardCharsets.UTF_8), target.getBytes(StandardCharsets.UTF_8), body)) {
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
            digest.update(part);
        }
        return new ExactRequest(method, target, text, HexFormat.of().formatHex(digest.digest()));
    }

    private static ProblemException refused(String what) {
        return new ProblemException(
                ErrorCode.INVALID_INPUT,
                "the body of a request that somebody has to approve " + what,
                "Compare the request with the page on the HTTP API.");
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
