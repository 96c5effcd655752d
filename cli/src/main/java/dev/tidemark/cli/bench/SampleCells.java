package dev.tidemark.cli.bench;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;

/**
 * Makes the cells of a row as an application might write them: a document of words and numbers, which compresses well, and an
 * attachment of the same length, random bytes in Base64, which RocksDB's own compression leaves as it is and zstd makes a
 * quarter smaller. Equal seeds make equal cells. Not thread-safe.
 */
final class SampleCells {
    private static final int DOCUMENT_BYTES = 600;
    private static final int MAX_MORE_BYTES = 800;
    private static final Bytes DOCUMENT = Bytes.utf8("document");
    private static final Bytes ATTACHMENT = Bytes.utf8("attachment");
    private static final String[] FIELDS = {
        "\"customer\":", "\"amount\":", "\"currency\":", "\"address\":", "\"reference\":", "\"status\":", "\"updated\":"
    };
    private static final String[] WORDS = {
        "Amsterdam",
        "booked",
        "Copenhagen",
        "delivery",
        "EUR",
        "freight",
        "Gothenburg",
        "harbour",
        "invoice",
        "January",
        "Kristiansand",
        "lighter",
        "mooring",
        "northbound",
        "outgoing",
        "pending",
        "quayside",
        "Rotterdam",
        "settled",
        "tonnage",
        "upstream",
        "vessel",
        "westbound",
        "yard"
    };

    private final Random random;

    SampleCells(long seed) {
        random = new Random(seed);
    }

    static Cell document(long row) {
        return Cell.of(row(row), DOCUMENT);
    }

    static Cell attachment(long row) {
        return Cell.of(row(row), ATTACHMENT);
    }

    /** Returns the length of each of the two cells of the next row. */
    int nextLength() {
        return DOCUMENT_BYTES + random.nextInt(MAX_MORE_BYTES);
    }

    Bytes text(int length) {
        StringBuilder text = new StringBuilder(length + 40).append('{');
        while (text.length() < length) {
            text.append(FIELDS[random.nextInt(FIELDS.length)]).append('"');
            text.append(WORDS[random.nextInt(WORDS.length)]).append(' ').append(random.nextInt(100_000));
            text.append("\",");
        }
        return Bytes.wrap(text.substring(0, length).getBytes(StandardCharsets.US_ASCII));
    }

    Bytes attachment(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.wrap(Arrays.copyOf(Base64.getEncoder().encode(bytes), length));
    }

    /** Neighbouring numbers are far apart, as with keys that are spread over a cluster, and no two rows are the same. */
    private static Bytes row(long number) {
        return Bytes.ofLong(Long.reverse(number));
    }
}
