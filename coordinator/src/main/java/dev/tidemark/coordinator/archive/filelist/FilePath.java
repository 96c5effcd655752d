package dev.tidemark.coordinator.archive.filelist;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * The rules for paths of files in a backup, applied when they are written and again, as to hostile input, when they are
 * read: relative, segments joined by {@code /}, none empty, {@code .} or {@code ..}; no backslash, no control character, no
 * drive letter; in Unicode normalisation form C, so that no two paths differ only in how they are encoded; valid UTF-8 of at
 * most {@value #MAX_BYTES} bytes with segments of at most {@value #MAX_SEGMENT_BYTES}.
 */
public final class FilePath {
    /** Longest path in UTF-8. */
    public static final int MAX_BYTES = 4096;

    /** Longest segment in UTF-8. */
    public static final int MAX_SEGMENT_BYTES = 255;

    private FilePath() {}

    /**
     * Checks a path and returns it.
     *
     * @throws IllegalArgumentException when it breaks a rule; the message names the rule
     */
    public static String check(String path) {
        String problem = problem(path);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException("path: '" + printable(path) + "' " + problem);
        }
        return path;
    }

    private static String problem(String path) {
        if (path.isEmpty()) {
            return "is empty (expected: a relative path)";
        }
        if (path.length() > MAX_BYTES || path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return "is too long (expected: at most " + MAX_BYTES + " bytes)";
        }
        if (path.charAt(0) == '/') {
            return "is absolute (expected: a relative path)";
        }
        if (path.length() >= 2 && path.charAt(1) == ':') {
            return "begins with a drive letter (expected: a relative path)";
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (Character.isISOControl(c)) {
                return "has a control character";
            }
            if (c == '\\') {
                return "has a backslash (expected: segments joined by /)";
            }
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            return "has an unpaired surrogate (expected: Unicode text)";
        }
        if (!Normalizer.isNormalized(path, Normalizer.Form.NFC)) {
            return "is not in Unicode normalisation form C";
        }
        return segmentProblem(path);
    }

    private static String segmentProblem(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                return "has an empty segment";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "has a segment '" + segment + "' (expected: names only)";
            }
            if (segment.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES) {
                return "has a segment of more than " + MAX_SEGMENT_BYTES + " bytes";
            }
        }
        return "";
    }

    /** Returns the text for a message: cut, and without characters that would disturb a terminal or a log. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.chars().limit(200).forEach(c -> printable.append(Character.isISOControl(c) ? '?' : (char) c));
        return printable + (text.length() > 200 ? "..." : "");
    }
}
