package dev.tidemark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is in a directory, to be compared with what is there later: each path with the SHA-256 of the file, the target of the
 * link, or a slash for a directory.
 */
record Inventory(Map<String, String> entries) {
    static Inventory of(Path directory) {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            // An oracle that runs writes its time index by the clock, whatever anybody asks of it.
            paths.filter(path -> !path.equals(directory) && !path.endsWith("time-index"))
                    .forEach(path -> entries.put(directory.relativize(path).toString(), content(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Inventory(entries);
    }

    private static String content(Path path) {
        try {
            if (Files.isSymbolicLink(path)) {
                return "-> " + Files.readSymbolicLink(path);
            }
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                return "/";
            }
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the part whose paths begin in this way. */
    Map<String, String> below(String prefix) {
        Map<String, String> part = new TreeMap<>(entries);
        part.keySet().removeIf(path -> !path.startsWith(prefix));
        return part;
    }
}
