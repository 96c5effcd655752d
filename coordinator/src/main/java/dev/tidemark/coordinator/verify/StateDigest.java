package dev.tidemark.coordinator.verify;

/**
 * What a namespace holds at a timestamp, in one number: the sum modulo 2^256 of the SHA-256 of every visible cell of every
 * table that is not internal. Equal states have equal digests on every kind of store; the order of reading does not matter.
 *
 * @param timestamp commits at or below it are visible
 * @param cells number of visible cells
 * @param hex the sum, 64 lower-case hexadecimal digits, big-endian
 */
public record StateDigest(long timestamp, long cells, String hex) {}
