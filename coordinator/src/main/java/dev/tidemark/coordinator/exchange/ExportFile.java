package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;

/**
 * A file that gets its name when it is whole and durable. Until then it has the suffix {@code .part}; what an export that was killed
 * has left there is replaced by the next one. Only its owner may read it.
 */
public final class ExportFile {
    private static final int BUFFER_BYTES = 64 << 10;

    private ExportFile() {}

    /**
     * Writes a file.
     *
     * @param content gets the place to write to; when it throws there is no file afterwards
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the file is there already or can't be written,
     *     {@link ErrorCode#DISK_FULL}
     */
    public static <T> T write(Path file, Function<OutputStream, T> content) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "file '" + file + "' exists (expected: a new one)",
                    "Name another file, or remove this one.");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            T result = writePart(part, content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(file);
            return result;
        } catch (IOException e) {
            throw failed(file, e);
        } finally {
            removeQuietly(part);
        }
    }

    private static <T> T writePart(Path part, Function<OutputStream, T> content) throws IOException {
        FileAttribute<?>[] attributes =
                part.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Files.createFile(part, attributes);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                OutputStream target = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
            T result = content.apply(target);
            target.flush();
            channel.force(true);
            return result;
        }
    }

    private static void forceFolder(Path file) throws IOException {
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** After a failure it says more than that the rest could not be removed. */
    private static void removeQuietly(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            part.toFile().deleteOnExit();
        }
    }

    private static CoordinatorException failed(Path file, IOException cause) {
        boolean isFull = String.valueOf(cause.getMessage()).contains("No space left");
        return new CoordinatorException(
                isFull ? ErrorCode.DISK_FULL : ErrorCode.INVALID_INPUT,
                "file '" + file + "' can't be written: " + cause.getMessage(),
                "Look at the folder and its disk.",
                cause);
    }
}
