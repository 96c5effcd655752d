package dev.tidemark.coordinator.service.dashboard;

import jakarta.ws.rs.core.EntityTag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the dashboard.
 *
 * @param mediaType what browsers take it for
 * @param content not to be changed
 * @param tag the same as long as the content is the same
 */
record DashboardFile(String mediaType, byte[] content, EntityTag tag) {
    private static final int TAG_DIGITS = 32;

    /**
     * Reads a file that belongs to this program.
     *
     * @throws IllegalStateException when it is not on the class path
     */
    static DashboardFile read(String name) {
        try (InputStream in = DashboardFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program has no file '" + name + "' (expected: it is built in)");
            }
            byte[] content = in.readAllBytes();
            return new DashboardFile(mediaType(name), content, new EntityTag(hash(content)));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read '" + name + "' of this program", e);
        }
    }

    private static String mediaType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html;charset=utf-8";
            case "css" -> "text/css;charset=utf-8";
            case "js" -> "text/javascript;charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException("file: '" + name + "' (expected: .html, .css, .js or .svg)");
        };
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content))
                    .substring(0, TAG_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
