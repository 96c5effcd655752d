package dev.tidemark.coordinator.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Headers of a tar file, POSIX.1-2001 (pax). One entry has exactly one form, so that a reader needs to compare and nothing else: the
 * name is in the ustar header if it is ASCII of at most 100 bytes, and the size if it has at most 11 octal digits; else they are in an
 * extended header before it. All entries are plain files of user and group 0 that only their owner may read.
 */
final class TarFormat {
    static final int BLOCK = 512;

    /** Greatest number that 11 octal digits hold. */
    static final long MAX_OCTAL = (1L << 33) - 1;

    /** Longest content of an extended header: a path of 4,096 bytes with its folders, and a size. */
    static final int MAX_EXTENDED_BYTES = 8 << 10;

    static final byte FILE = '0';
    static final byte EXTENDED = 'x';

    private static final int MAX_NAME = 100;
    private static final int CHECKSUM = 148;

    private TarFormat() {}

    /**
     * Returns everything that stands before the content of an entry.
     *
     * @param seconds modification time
     * @param number of the entry, from 1; names those whose own name does not fit
     */
    static byte[] headers(String name, long size, long seconds, long number) {
        byte[] extended = extended(name, size);
        if (extended.length == 0) {
            return header(name, size, seconds, FILE);
        }
        byte[] first = header(String.format("@pax/%010d", number), extended.length, seconds, EXTENDED);
        String shortName = isShort(name) ? name : String.format("@long/%010d", number);
        byte[] second = header(shortName, size > MAX_OCTAL ? 0 : size, seconds, FILE);
        byte[] all = Arrays.copyOf(first, BLOCK + padded(extended.length) + BLOCK);
        System.arraycopy(extended, 0, all, BLOCK, extended.length);
        System.arraycopy(second, 0, all, all.length - BLOCK, BLOCK);
        return all;
    }

    /** Returns the length with the zeros that fill the last block. */
    static int padded(int length) {
        return (length + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Returns the number of zeros behind a content. */
    static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private static byte[] extended(String name, long size) {
        StringBuilder records = new StringBuilder();
        if (!isShort(name)) {
            records.append(extendedRecord("path", name));
        }
        if (size > MAX_OCTAL) {
            records.append(extendedRecord("size", Long.toString(size)));
        }
        return records.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isShort(String name) {
        return name.length() <= MAX_NAME && name.chars().allMatch(c -> c < 0x80);
    }

    /** The length that a record begins with counts its own digits. */
    private static String extendedRecord(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int restLength = rest.getBytes(StandardCharsets.UTF_8).length;
        int length = restLength;
        while (restLength + Integer.toString(length).length() != length) {
            length = restLength + Integer.toString(length).length();
        }
        return length + rest;
    }

    private static byte[] header(String name, long size, long seconds, byte type) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000600");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, octal(size));
        put(header, 136, octal(seconds));
        put(header, CHECKSUM, "        ");
        header[156] = type;
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 329, "0000000");
        put(header, 337, "0000000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, CHECKSUM, String.format("%06o\0", sum));
        return header;
    }

    private static String octal(long number) {
        return String.format("%011o", number);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
