package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Reads secrets from files and from the environment. Never puts one into a message. Thread-safe. */
public final class SecretReader {
    private static final int MAX_BYTES = 64 * 1024;

    private final UnaryOperator<String> environment;

    /** Creates a reader; the environment gives null for a variable that is not set. */
    public SecretReader(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    /**
     * Reads a secret of one line from whichever source is not null.
     *
     * @param what what the secret is, for the error
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it is not there, or not private
     */
    public String line(String what, Path file, String variable) {
        return file == null ? fromEnvironment(what, variable) : fromFile(what, file);
    }

    private String fromEnvironment(String what, String variable) {
        String value = environment.apply(variable);
        if (value == null || value.isEmpty()) {
            throw invalid(
                    what + " is not set: environment variable '" + variable + "' is missing or empty",
                    "Set the environment variable '" + variable + "' and repeat the command.");
        }
        return value;
    }

    private static String fromFile(String what, Path file) {
        String text = utf8(what, file, bytes(what, file));
        String line = text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        if (line.isEmpty() || line.indexOf('\n') >= 0) {
            long lines = line.isEmpty() ? 0 : line.lines().count();
            throw invalid(
                    what + " file '" + file + "' has " + lines + " lines (expected: exactly one)",
                    "Write the secret as the only line of the file.");
        }
        return line;
    }

    private static String utf8(String what, Path file, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(what + " file '" + file + "' is not UTF-8 text", "Check that the right file is named.");
        }
    }

    /**
     * Reads a text file that holds secrets, or decides who may do what, and therefore must be private.
     *
     * @param what what the file is, for the error
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it is not there, not private, longer than 64 KiB or not
     *     UTF-8 text
     */
    public static String privateText(String what, Path file) {
        return utf8(what, file, bytes(what, file));
    }

    /** Reads a secret file as it is. */
    static byte[] bytes(String what, Path file) {
        requirePrivate(what, file);
        return content(what, file);
    }

    /** Reads a small text file that is no secret, as UTF-8 with replacements for what is not. */
    static String text(String what, Path file) {
        return new String(content(what, file), StandardCharsets.UTF_8);
    }

    private static byte[] content(String what, Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw invalid(
                        what + " file '" + file + "' has " + Files.size(file) + " bytes (expected: at most " + MAX_BYTES
                                + ")",
                        "Check that the right file is named.");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    what + " file '" + file + "' can't be read: " + e.getMessage(),
                    "Check that the file exists and that this user may read it.",
                    e);
        }
    }

    /** Refuses a secret that every user of the machine can read or replace. */
    static void requirePrivate(String what, Path file) {
        if (!Files.isRegularFile(file)) {
            throw invalid(
                    what + " file '" + file + "' does not exist or is not a file",
                    "Create the file, or correct its path in the configuration.");
        }
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file, new LinkOption[0]);
        } catch (UnsupportedOperationException e) {
            return;
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "permissions of " + what + " file '" + file + "' can't be read: " + e.getMessage(),
                    "Check that this user may read the file.",
                    e);
        }
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw invalid(
                    what + " file '" + file + "' can be read or written by every user of this machine",
                    "Run: chmod 600 " + file);
        }
    }

    private static CoordinatorException invalid(String message, String hint) {
        return new CoordinatorException(ErrorCode.INVALID_CONFIGURATION, message, hint);
    }
}
