package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads what {@link WireWriter} has written. Every method throws {@link IllegalArgumentException} when there is something else,
 * or not enough.
 */
final class WireReader {
    private final DataInputStream in;

    WireReader(InputStream in) {
        this.in = new DataInputStream(in);
    }

    WireReader(byte[] bytes) {
        this(new ByteArrayInputStream(bytes));
    }

    int int8() {
        return get(in::readUnsignedByte);
    }

    int int32() {
        return get(in::readInt);
    }

    long int64() {
        return get(in::readLong);
    }

    /** Reads a number of things. */
    int count(int max) {
        int count = int32();
        if (count < 0 || count > max) {
            throw new IllegalArgumentException("count: " + count + " (expected: 0.." + max + ")");
        }
        return count;
    }

    byte[] block(int maxBytes) {
        return exactly(count(maxBytes));
    }

    String text() {
        byte[] bytes = exactly(get(in::readUnsignedShort));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text: not UTF-8", e);
        }
    }

    boolean flag() {
        int value = int8();
        if (value > 1) {
            throw new IllegalArgumentException("flag: " + value + " (expected: 0 or 1)");
        }
        return value == 1;
    }

    BoundState state() {
        return new BoundState(int64(), int64(), text());
    }

    Optional<LeaderRecord> leader() {
        if (!flag()) {
            return Optional.empty();
        }
        return Optional.of(new LeaderRecord(int64(), int64(), text(), text(), Duration.ofMillis(int64()), flag()));
    }

    IssuedPoint point() {
        long seconds = int64();
        int nanos = int32();
        try {
            return new IssuedPoint(Instant.ofEpochSecond(seconds, nanos), int64());
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("instant: " + seconds + " s " + nanos + " ns", e);
        }
    }

    /** Makes sure that nothing is left. */
    void end() {
        if (get(in::read) != -1) {
            throw new IllegalArgumentException("bytes after the end");
        }
    }

    private byte[] exactly(int count) {
        byte[] bytes = get(() -> in.readNBytes(count));
        if (bytes.length != count) {
            throw new IllegalArgumentException("bytes missing at the end");
        }
        return bytes;
    }

    private static <T> T get(Read<T> read) {
        try {
            return read.run();
        } catch (EOFException e) {
            throw new IllegalArgumentException("bytes missing at the end", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Read<T> {
        T run() throws IOException;
    }
}
