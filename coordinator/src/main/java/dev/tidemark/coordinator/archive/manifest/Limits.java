package dev.tidemark.coordinator.archive.manifest;

import java.time.Instant;

/** The ranges inside which every value of a manifest lies; whatever is outside is refused on write and on read. */
final class Limits {
    static final int MAX_STORES = 100;
    static final int MAX_NODES = 10_000;
    static final int MAX_TABLES = 100_000;
    static final int MAX_TOKEN_RANGES = 10_000;
    static final int MAX_LABELS = 100;
    static final int MAX_TIME_POINTS = 100_000;
    static final int MAX_SCHEMA_ENTRIES = 100_000;
    static final int MAX_ORIGINS = 100;
    static final int MAX_TEXT = 1_000;
    static final int MAX_LONG_TEXT = 1 << 20;

    private static final Instant MIN_INSTANT = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant MAX_INSTANT = Instant.parse("9999-12-31T23:59:59Z");

    private Limits() {}

    static void require(boolean isMet, String name, Object value, String expected) {
        if (!isMet) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    static void requireAtLeastZero(String name, long value) {
        require(value >= 0, name, value, ">= 0");
    }

    static void requireCount(String name, int count, int max) {
        require(count <= max, name, count, "at most " + max);
    }

    /** 1..1000 characters without control characters. */
    static void requireText(String name, String text) {
        require(!text.isEmpty(), name, "''", "not empty");
        requireTextOrEmpty(name, text);
    }

    /** 0..1000 characters without control characters. */
    static void requireTextOrEmpty(String name, String text) {
        require(text.length() <= MAX_TEXT, name, text.length() + " characters", "at most " + MAX_TEXT);
        require(text.chars().noneMatch(Character::isISOControl), name, "a control character", "printable text");
    }

    static void requireLongText(String name, String text) {
        require(text.length() <= MAX_LONG_TEXT, name, text.length() + " characters", "at most " + MAX_LONG_TEXT);
    }

    static void requireInstant(String name, Instant instant) {
        require(
                !instant.isBefore(MIN_INSTANT) && !instant.isAfter(MAX_INSTANT),
                name,
                instant,
                "a time from 1970 to 9999");
    }
}
