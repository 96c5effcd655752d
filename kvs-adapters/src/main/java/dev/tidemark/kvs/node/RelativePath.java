package dev.tidemark.kvs.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The path of a file below a root, as it comes from a manifest: hostile until checked.
 *
 * @param segments names from the root to the file, at least one
 */
public record RelativePath(List<String> segments) {
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
    private static final int MAX_PATH_LENGTH = 4000;
    private static final int MAX_SEGMENT_BYTES = 255;

    /** Copies the list. */
    public RelativePath {
        segments = List.copyOf(segments);
    }

    /**
     * Checks and takes apart a path.
     *
     * @throws IllegalArgumentException when it is empty, too long or absolute, names a drive, or has a backslash, a control
     *     character, or an empty, {@code .} or {@code ..} segment; the message says which
     */
    public static RelativePath parse(String path) {
        if (path.isEmpty() || path.length() > MAX_PATH_LENGTH) {
            throw refused(path.length() > 100 ? path.substring(0, 100) + "..." : path, "1 to 4000 characters");
        }
        if (path.startsWith("/") || DRIVE.matcher(path).matches()) {
            throw refused(path, "a relative path");
        }
        if (path.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\')) {
            throw refused(path.replaceAll("\\p{Cntrl}", "?"), "no backslash and no control character");
        }
        List<String> segments = List.of(path.split("/", -1));
        for (String segment : segments) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw refused(path, "no empty, '.' or '..' segment");
            }
            if (segment.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES) {
                throw refused(path, "segments of at most 255 bytes");
            }
        }
        return new RelativePath(segments);
    }

    /**
     * Returns the place below the root.
     *
     * @throws IllegalArgumentException when it or a directory on the way is a symbolic link, something on the way is not a
     *     directory, or the file system can't express the name
     */
    public Path resolve(Path root) {
        Path place = root;
        try {
            for (int i = 0; i < segments.size(); i++) {
                place = place.resolve(segments.get(i));
                if (Files.isSymbolicLink(place)) {
                    throw refused(toString(), "no symbolic link on the way");
                }
                boolean isOnTheWay = i < segments.size() - 1;
                if (isOnTheWay
                        && Files.exists(place, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                    throw refused(toString(), "directories on the way");
                }
            }
        } catch (InvalidPathException e) {
            throw refused(toString(), "a name that the file system knows");
        }
        return place;
    }

    @Override
    public String toString() {
        return String.join("/", segments);
    }

    private static IllegalArgumentException refused(String path, String expected) {
        return new IllegalArgumentException("path '" + path + "' is refused (expected: " + expected + ")");
    }
}
