package dev.tidemark.timestamp.bound;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * One of the two records of a bound file: 4096 bytes, big-endian.
 *
 * <pre>
 * offset  bytes  content
 *      0      8  ASCII "TMBOUND1" (the file type, never changes)
 *      8      4  format version, 1
 *     12      8  sequence number, &gt;= 1, one more with each write
 *     20      8  epoch
 *     28      8  bound
 *     36      2  length of the fence id in bytes, 0 = no fence
 *     38      2  length of the namespace in bytes
 *     40      -  fence id, then namespace, both ASCII; then zeros
 *   4092      4  CRC32C of the 4092 bytes before it
 * </pre>
 *
 * <p>Size, file type, place of the version and place of the checksum stay the same in every version, so that a newer
 * record can be told from a damaged one.
 */
record BoundSlot(long sequence, String namespace, BoundState state) {
    static final int SIZE_BYTES = 4096;

    private static final int VERSION = 1;
    private static final long MAGIC = 0x544d_424f_554e_4431L;
    private static final int CHECKSUM_OFFSET = SIZE_BYTES - Integer.BYTES;
    private static final int TEXT_OFFSET = 40;

    byte[] encode() {
        byte[] fenceId = state.fenceId().getBytes(StandardCharsets.US_ASCII);
        byte[] name = namespace.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer buffer = ByteBuffer.allocate(SIZE_BYTES);
        buffer.putLong(MAGIC).putInt(VERSION).putLong(sequence);
        buffer.putLong(state.epoch()).putLong(state.bound());
        buffer.putShort((short) fenceId.length).putShort((short) name.length);
        buffer.put(fenceId).put(name);
        buffer.putInt(CHECKSUM_OFFSET, checksum(buffer.array()));
        return buffer.array();
    }

    /** Reads a slot; bytes that are missing at the end of the file make it damaged. */
    static Read decode(byte[] bytes) {
        if (bytes.length != SIZE_BYTES) {
            return new Damaged("it has " + bytes.length + " bytes (expected: " + SIZE_BYTES + ")");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(CHECKSUM_OFFSET) != checksum(bytes)) {
            return new Damaged("its checksum does not match its content");
        }
        if (buffer.getLong() != MAGIC) {
            return new Damaged("it is not a bound record");
        }
        int version = buffer.getInt();
        if (version != VERSION) {
            return new OtherVersion(version);
        }
        return decodeContent(buffer);
    }

    private static Read decodeContent(ByteBuffer buffer) {
        long sequence = buffer.getLong();
        long epoch = buffer.getLong();
        long bound = buffer.getLong();
        int fenceLength = buffer.getShort();
        int nameLength = buffer.getShort();
        if (sequence < 1 || fenceLength < 0 || nameLength < 0) {
            return new Damaged("its content is out of range");
        }
        if (TEXT_OFFSET + fenceLength + nameLength > CHECKSUM_OFFSET) {
            return new Damaged("its texts are longer than the record");
        }
        try {
            String fenceId = text(buffer, fenceLength);
            String namespace = text(buffer, nameLength);
            return new Valid(new BoundSlot(sequence, namespace, new BoundState(epoch, bound, fenceId)));
        } catch (IllegalArgumentException e) {
            return new Damaged(e.getMessage());
        }
    }

    private static String text(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static int checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, CHECKSUM_OFFSET);
        return (int) checksum.getValue();
    }

    /** What reading a slot gives. */
    sealed interface Read permits Valid, Damaged, OtherVersion {}

    /** A record whose checksum is right and whose content is in range. */
    record Valid(BoundSlot slot) implements Read {}

    /** Something else. */
    record Damaged(String reason) implements Read {}

    /** A record whose checksum is right and whose format this program does not know. */
    record OtherVersion(int version) implements Read {}
}
