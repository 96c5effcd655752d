package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.files.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which parts the present change has loaded: one line each, so that a load that is repeated goes on where it was. A part whose line
 * was not written is loaded twice, and its cells are there twice with the same times, which no reader can tell from once. For use by
 * one thread.
 */
final class PartLog {
    private final Path file;

    PartLog(Path file) {
        this.file = file;
    }

    /** Forgets all parts, durably. */
    void clear() throws IOException {
        if (Files.deleteIfExists(file)) {
            DurableFiles.syncDirectory(file.getParent());
        }
    }

    /** Returns the names of the parts; a line that was not written to its end is none. */
    Set<String> parts() throws IOException {
        String text = text();
        List<String> lines =
                Arrays.asList(text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1));
        Set<String> parts = new TreeSet<>(lines);
        parts.remove("");
        return parts;
    }

    /** Remembers a part, durably. */
    void add(String part) throws IOException {
        boolean isNew = !Files.exists(file);
        String text = text();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int end = text.substring(0, text.lastIndexOf('\n') + 1).getBytes(StandardCharsets.UTF_8).length;
            channel.truncate(end).position(end);
            DurableFiles.writeFully(channel, ByteBuffer.wrap((part + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        if (isNew) {
            DurableFiles.syncDirectory(file.getParent());
        }
    }

    private String text() throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
