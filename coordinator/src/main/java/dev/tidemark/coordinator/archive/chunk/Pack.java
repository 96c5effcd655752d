package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pack: header of 12 bytes (magic {@code TDMK}, version 1, type 6, two zero bytes, key id as 4 bytes), the chunks one after
 * the other without gaps, the table of contents as a sealed object, and a footer of 8 bytes: length of the sealed table as 4
 * bytes, magic {@code KCAP}. The table is the number of chunks as 4 bytes and a {@link PackedChunk} for each, in order.
 *
 * @param id random name
 * @param sizeBytes length of the whole object
 * @param keyId data key of its chunks
 * @param hash of the whole object, {@link ObjectHash#UNKNOWN} when only its table was read
 * @param chunks what it holds, in the order of offsets
 */
record Pack(ObjectId id, int sizeBytes, int keyId, ObjectHash hash, List<PackedChunk> chunks) {
    static final int HEADER_BYTES = 12;
    static final int FOOTER_BYTES = 8;
    static final int MAX_CHUNKS = 16_384;

    /** A pack is closed once it is that long: about 16 MiB. */
    static final int TARGET_BYTES = 16 << 20;

    private static final byte[] MAGIC = {'T', 'D', 'M', 'K'};
    private static final byte[] END_MAGIC = {'K', 'C', 'A', 'P'};
    private static final byte TYPE = 6;

    Pack {
        chunks = List.copyOf(chunks);
    }

    Pack withHash(ObjectHash newHash) {
        return new Pack(id, sizeBytes, keyId, newHash, chunks);
    }

    static ByteBuffer header(int keyId) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .put(MAGIC)
                .put((byte) Sealer.VERSION)
                .put(TYPE)
                .putShort((short) 0)
                .putInt(keyId)
                .flip();
    }

    /** Returns the sealed table and the footer. */
    static ByteBuffer trailer(ObjectKey key, Sealer sealer, List<PackedChunk> chunks) {
        ByteBuffer table = ByteBuffer.allocate(Integer.BYTES + chunks.size() * PackedChunk.BYTES);
        table.putInt(chunks.size());
        chunks.forEach(chunk -> chunk.write(table));
        byte[] sealed = sealer.seal(ObjectType.PACK_TABLE, key.value(), table.array());
        ByteBuffer trailer = ByteBuffer.allocate(sealed.length + FOOTER_BYTES);
        return trailer.put(sealed).putInt(sealed.length).put(END_MAGIC).flip();
    }

    /** Reads the table of a pack in the archive, without its chunks. */
    static Pack readTable(ObjectStore store, NamespaceLayout layout, ObjectId id, int size, ChunkCodec codec) {
        String name = layout.pack(id).value();
        if (size < HEADER_BYTES + FOOTER_BYTES) {
            throw FormatErrors.damaged(name, "it is cut off");
        }
        byte[] header = store.read(layout.pack(id), 0, HEADER_BYTES);
        byte[] footer = store.read(layout.pack(id), size - FOOTER_BYTES, FOOTER_BYTES);
        int tableLength = tableLength(name, size, footer);
        byte[] table = store.read(layout.pack(id), size - FOOTER_BYTES - tableLength, tableLength);
        return decode(layout, id, size, header, table, codec);
    }

    /**
     * Reads the table of a whole pack and checks that nothing else is in it.
     *
     * @param content from position to limit, which are not changed
     */
    static Pack parse(NamespaceLayout layout, ObjectId id, ByteBuffer content, ChunkCodec codec) {
        String name = layout.pack(id).value();
        int size = content.remaining();
        if (size < HEADER_BYTES + FOOTER_BYTES) {
            throw FormatErrors.damaged(name, "it is cut off");
        }
        int tableEnd = size - FOOTER_BYTES;
        int tableLength = tableLength(name, size, copyOf(content, tableEnd, FOOTER_BYTES));
        byte[] table = copyOf(content, tableEnd - tableLength, tableLength);
        return decode(layout, id, size, copyOf(content, 0, HEADER_BYTES), table, codec);
    }

    private static byte[] copyOf(ByteBuffer content, int offset, int length) {
        byte[] copy = new byte[length];
        content.get(content.position() + offset, copy);
        return copy;
    }

    private static int tableLength(String name, int size, byte[] footer) {
        if (footer.length != FOOTER_BYTES
                || !Arrays.equals(footer, Integer.BYTES, FOOTER_BYTES, END_MAGIC, 0, END_MAGIC.length)) {
            throw FormatErrors.damaged(name, "it has no footer");
        }
        int length = ByteBuffer.wrap(footer).getInt();
        if (length < 0 || length > size - HEADER_BYTES - FOOTER_BYTES) {
            throw FormatErrors.damaged(name, "its footer is wrong");
        }
        return length;
    }

    private static Pack decode(
            NamespaceLayout layout, ObjectId id, int size, byte[] header, byte[] sealedTable, ChunkCodec codec) {
        String name = layout.pack(id).value();
        byte version = header.length < HEADER_BYTES ? Sealer.VERSION : header[MAGIC.length];
        if (version != Sealer.VERSION && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw FormatErrors.unknownVersion(name, version, Sealer.VERSION);
        }
        ByteBuffer table = ByteBuffer.wrap(codec.sealer().open(ObjectType.PACK_TABLE, name, sealedTable));
        int keyId = codec.sealer().keyIdOf(ObjectType.PACK_TABLE, name, sealedTable);
        if (!ByteBuffer.wrap(header).equals(header(keyId))) {
            throw FormatErrors.damaged(name, "its header was changed");
        }
        try {
            List<PackedChunk> chunks = new ArrayList<>();
            int count = table.getInt();
            int end = HEADER_BYTES;
            for (int i = 0; i < count; i++) {
                PackedChunk chunk = PackedChunk.read(table, size, codec.chunkSize());
                if (chunk.offset() != end) {
                    throw FormatErrors.damaged(name, "there is a gap between its chunks");
                }
                end += chunk.storedLength();
                chunks.add(chunk);
            }
            if (count < 0 || table.hasRemaining() || end != size - FOOTER_BYTES - sealedTable.length) {
                throw FormatErrors.damaged(name, "its table does not describe it");
            }
            return new Pack(id, size, keyId, ObjectHash.UNKNOWN, chunks);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw FormatErrors.damaged(name, "its table can't be read", e);
        }
    }
}
