package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/**
 * A file with one timestamp: one line, a decimal number. The format is that of AtlasDB's command line, source:
 * {@code AbstractTimestampCommand}; white space around the number and a sign are accepted as there.
 */
final class TimestampFile {
    private static final int MAX_BYTES = 1000;
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,19}");

    private TimestampFile() {}

    /**
     * Reads the timestamp.
     *
     * @throws CliException {@link ErrorCode#INVALID_TIMESTAMP_FILE} when the file can't be read or holds anything else
     */
    static long read(Path file) {
        String content;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw invalid(file, "has " + Files.size(file) + " bytes", null);
            }
            content = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw invalid(file, "does not exist", e);
        } catch (IOException e) {
            throw invalid(file, "can't be read", e);
        }
        long lines = content.lines().count();
        if (lines != 1) {
            throw invalid(file, "has " + lines + " lines", null);
        }
        String text = content.strip();
        if (!NUMBER.matcher(text).matches()) {
            throw invalid(file, "holds '" + text + "'", null);
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw invalid(file, "holds '" + text + "', which does not fit into 64 bits", e);
        }
    }

    /** Replaces the file atomically and durably; creates the directories that it needs. */
    static void write(Path file, long timestamp) {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            Files.createDirectories(target.getParent());
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer content = ByteBuffer.wrap((timestamp + "\n").getBytes(StandardCharsets.UTF_8));
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (FileAlreadyExistsException e) {
            throw unwritable(file, "is in the way of a directory", e);
        } catch (IOException e) {
            throw unwritable(file, e.getMessage(), e);
        }
    }

    private static CliException unwritable(Path file, String reason, IOException cause) {
        return new CliException(
                ErrorCode.INVALID_TIMESTAMP_FILE,
                "timestamp file '" + file + "' can't be written: " + reason,
                "Name a file in a directory that this user may write.",
                cause);
    }

    private static CliException invalid(Path file, String problem, Throwable cause) {
        return new CliException(
                ErrorCode.INVALID_TIMESTAMP_FILE,
                "timestamp file '" + file + "' " + problem + " (expected: one line with a decimal number)",
                "Name a file that 'tidemark timestamp fetch --file FILE' has written, or use --timestamp.",
                cause);
    }
}
