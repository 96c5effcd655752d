package dev.tidemark.coordinator.archive.inventory;

import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.inventory.Inventory.NeededPack;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * A part of an inventory as bytes: magic {@code TDMK}, version 1, type 7, two zero bytes, number of packs as 4 bytes, and for
 * each its id (16 bytes), size (4 bytes) and SHA-256 (32 bytes).
 */
final class PackList {
    static final int ENTRY_BYTES = ObjectId.BYTES + Integer.BYTES + ObjectHash.BYTES;
    static final byte VERSION = 1;

    private static final int MAGIC = 0x5444_4D4B;
    private static final byte TYPE = 7;
    private static final int HEADER_BYTES = 12;

    private PackList() {}

    static ByteBuffer encode(List<NeededPack> packs) {
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + packs.size() * ENTRY_BYTES);
        content.putInt(MAGIC).put(VERSION).put(TYPE).putShort((short) 0).putInt(packs.size());
        for (NeededPack pack : packs) {
            content.put(pack.pack().toArray()).putInt(pack.sizeBytes());
            pack.sha256().write(content);
        }
        return content.flip();
    }

    /**
     * Reads a part that was found to be the one its inventory names.
     *
     * @param name of the object, for messages
     * @param packs how many it must list
     */
    static void decode(String name, byte[] bytes, int packs, Consumer<NeededPack> action) {
        ByteBuffer content = ByteBuffer.wrap(bytes);
        if (bytes.length != HEADER_BYTES + (long) packs * ENTRY_BYTES || content.getInt() != MAGIC) {
            throw FormatErrors.damaged(name, "it does not list " + packs + " packs");
        }
        byte version = content.get();
        if (version != VERSION) {
            throw FormatErrors.unknownVersion(name, version, VERSION);
        }
        if (content.get() != TYPE || content.getShort() != 0 || content.getInt() != packs) {
            throw FormatErrors.damaged(name, "it is no list of " + packs + " packs");
        }
        byte[] id = new byte[ObjectId.BYTES];
        while (content.hasRemaining()) {
            content.get(id);
            int size = content.getInt();
            if (size < 1) {
                throw FormatErrors.damaged(name, "a pack of " + size + " bytes");
            }
            action.accept(new NeededPack(ObjectId.of(id), size, ObjectHash.read(content)));
        }
    }
}
