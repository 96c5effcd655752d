package dev.tidemark.coordinator.archive.filelist;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names the objects that hold one node's file list, in order. An empty list has no parts.
 *
 * @param parts at most {@value #MAX_PARTS}
 */
public record FileListRef(List<Part> parts) {
    /** Most parts of one list. */
    public static final int MAX_PARTS = 20_000;

    /** Copies the list. */
    public FileListRef {
        parts = List.copyOf(parts);
        if (parts.size() > MAX_PARTS) {
            throw new IllegalArgumentException("parts: " + parts.size() + " (expected: at most " + MAX_PARTS + ")");
        }
    }

    /** Returns the number of files. */
    @JsonIgnore
    public long entries() {
        return parts.stream().mapToLong(Part::entries).sum();
    }

    /**
     * One object of a file list.
     *
     * @param object last segment of the object's key
     * @param sha256 SHA-256 of the whole object as stored, 64 lower-case hexadecimal digits: can be checked without a key
     * @param sizeBytes length of the object
     * @param entries number of files, &gt;= 1
     * @param firstPath path of the first file
     * @param lastPath path of the last file
     */
    public record Part(ObjectId object, String sha256, long sizeBytes, int entries, String firstPath, String lastPath) {
        private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

        /** Checks the ranges. */
        public Part {
            if (!SHA256.matcher(sha256).matches()) {
                throw new IllegalArgumentException("sha256: '" + sha256 + "' (expected: 64 hexadecimal digits)");
            }
            if (sizeBytes < 1 || entries < 1) {
                throw new IllegalArgumentException(
                        "sizeBytes: " + sizeBytes + ", entries: " + entries + " (expected: >= 1)");
            }
            FilePath.check(firstPath);
            FilePath.check(lastPath);
        }
    }
}
