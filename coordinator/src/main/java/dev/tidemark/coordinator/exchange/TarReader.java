package dev.tidemark.coordinator.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads what {@link TarWriter} writes, as hostile input: from the headers it takes a name and a size, and refuses them unless they are,
 * byte for byte, what the writer would have written for these. So there is nothing in it that could be understood in two ways: no
 * links, devices, owners, other extensions, other numbers. Not thread-safe.
 */
final class TarReader {
    private final InputStream source;
    private final byte[] block = new byte[TarFormat.BLOCK];
    private long entries;
    private long seconds = -1;
    private long unread;
    private int padding;

    /**
     * Begins to read.
     *
     * @param source not closed
     */
    TarReader(InputStream source) {
        this.source = source;
    }

    /** Returns the modification time of all entries; known after the first one. */
    long seconds() {
        return seconds;
    }

    /** Returns the next entry, or nothing after the last one, when the stream has ended where it must. */
    Optional<Entry> next() {
        skipPadding();
        readBlock("a header");
        if (isZero(block)) {
            requireEnd();
            return Optional.empty();
        }
        entries++;
        byte[] found = block.clone();
        String name = text(found, 0, 100);
        long size = octal(found, 124);
        if (seconds < 0) {
            seconds = octal(found, 136);
        }
        if (found[156] == TarFormat.EXTENDED) {
            if (size == 0 || size > TarFormat.MAX_EXTENDED_BYTES) {
                throw ExportFormat.invalid("entry " + entries + " has an extended header of " + size + " bytes");
            }
            byte[] extended = new byte[TarFormat.padded((int) size)];
            readFully(extended, extended.length);
            readBlock("a header");
            Extended values = Extended.parse(Arrays.copyOf(extended, (int) size));
            byte[] first = found;
            found = Arrays.copyOf(first, first.length + extended.length + block.length);
            System.arraycopy(extended, 0, found, first.length, extended.length);
            System.arraycopy(block, 0, found, first.length + extended.length, block.length);
            name = values.path == null ? text(block, 0, 100) : values.path;
            size = values.size < 0 ? octal(block, 124) : values.size;
        }
        if (!Arrays.equals(found, TarFormat.headers(name, size, seconds, entries))) {
            throw ExportFormat.invalid("the header of entry " + entries + " is not one that Tidemark writes");
        }
        unread = size;
        padding = TarFormat.padding(size);
        return Optional.of(new Entry(name, size));
    }

    /**
     * Reads a part of the entry's content.
     *
     * @return number of bytes; -1 at its end
     */
    int read(byte[] target, int offset, int length) {
        if (unread == 0) {
            return -1;
        }
        int count = readSome(target, offset, (int) Math.min(length, unread));
        if (count < 0) {
            throw cutOff("the content of entry " + entries);
        }
        unread -= count;
        return count;
    }

    /** Reads an entry's content whole; its size was checked before. */
    byte[] content(Entry entry) {
        byte[] content = new byte[(int) entry.size()];
        readFully(content, content.length);
        unread = 0;
        return content;
    }

    private void skipPadding() {
        if (unread > 0) {
            throw new IllegalStateException(unread + " bytes of the entry were not read");
        }
        byte[] zeros = new byte[padding];
        readFully(zeros, padding);
        if (!isZero(zeros)) {
            throw ExportFormat.invalid("there is something behind the content of entry " + entries);
        }
        padding = 0;
    }

    private void requireEnd() {
        readBlock("the end");
        if (!isZero(block) || readSome(block, 0, 1) >= 0) {
            throw ExportFormat.invalid("something follows its end");
        }
    }

    private void readBlock(String what) {
        int count = fill(block, block.length);
        if (count < block.length) {
            throw cutOff(what);
        }
    }

    private void readFully(byte[] target, int length) {
        if (fill(target, length) < length) {
            throw cutOff("entry " + entries);
        }
    }

    private int fill(byte[] target, int length) {
        int count = 0;
        while (count < length) {
            int read = readSome(target, count, length - count);
            if (read < 0) {
                break;
            }
            count += read;
        }
        return count;
    }

    private int readSome(byte[] target, int offset, int length) {
        try {
            return source.read(target, offset, length);
        } catch (IOException e) {
            throw ExportFormat.invalid("it can't be read: " + e.getMessage(), e);
        }
    }

    private static RuntimeException cutOff(String what) {
        return ExportFormat.invalid("it is cut off in " + what);
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.US_ASCII);
    }

    /** What is no number gives one that the comparison refuses. */
    private static long octal(byte[] header, int offset) {
        long number = 0;
        for (int i = offset; i < offset + 11; i++) {
            int digit = header[i] - '0';
            if (digit < 0 || digit > 7) {
                return 0;
            }
            number = number * 8 + digit;
        }
        return number;
    }

    /** An entry: its name is checked by those who know which one must come. */
    record Entry(String name, long size) {}

    /** What an extended header may say; path null and size negative when it does not. */
    private record Extended(String path, long size) {
        static Extended parse(byte[] content) {
            String path = null;
            long size = -1;
            for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
                int key = line.indexOf(' ') + 1;
                int equals = line.indexOf('=', key);
                if (equals < 0) {
                    continue;
                }
                String value = line.substring(equals + 1);
                if (line.startsWith("path=", key)) {
                    path = value;
                } else if (line.startsWith("size=", key) && value.matches("[0-9]{1,18}")) {
                    size = Long.parseLong(value);
                }
            }
            return new Extended(path, size);
        }
    }
}
