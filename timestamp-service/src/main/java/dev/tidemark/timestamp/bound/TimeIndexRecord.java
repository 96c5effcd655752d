package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.IssuedPoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One record of a time index file: 32 bytes, big-endian.
 *
 * <pre>
 * offset  bytes  content
 *      0      4  ASCII "TMI1" (type and version)
 *      4      8  instant: seconds since 1970-01-01T00:00:00Z
 *     12      4  and nanoseconds of that second
 *     16      8  timestamp
 *     24      4  zero
 *     28      4  CRC32C of the namespace's name and the 28 bytes before
 * </pre>
 */
final class TimeIndexRecord {
    static final int SIZE_BYTES = 32;

    private static final int MAGIC = 0x544d_4931;
    private static final int CHECKSUM_OFFSET = SIZE_BYTES - Integer.BYTES;

    private TimeIndexRecord() {}

    static byte[] encode(String namespace, IssuedPoint point) {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE_BYTES);
        buffer.putInt(MAGIC);
        buffer.putLong(point.instant().getEpochSecond());
        buffer.putInt(point.instant().getNano());
        buffer.putLong(point.timestamp());
        buffer.putInt(CHECKSUM_OFFSET, checksum(namespace, buffer.array(), 0));
        return buffer.array();
    }

    /** Reads the record at an offset; returns nothing when it is torn, damaged, of another namespace or another version. */
    static Optional<IssuedPoint> decode(String namespace, byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, SIZE_BYTES).slice();
        if (buffer.getInt(CHECKSUM_OFFSET) != checksum(namespace, bytes, offset) || buffer.getInt() != MAGIC) {
            return Optional.empty();
        }
        try {
            Instant instant = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
            return Optional.of(new IssuedPoint(instant, buffer.getLong()));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int checksum(String namespace, byte[] bytes, int offset) {
        CRC32C checksum = new CRC32C();
        checksum.update(namespace.getBytes(StandardCharsets.US_ASCII));
        checksum.update(bytes, offset, CHECKSUM_OFFSET);
        return (int) checksum.getValue();
    }
}
