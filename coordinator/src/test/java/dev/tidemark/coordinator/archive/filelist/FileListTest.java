package dev.tidemark.coordinator.archive.filelist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.sealed.DataKeys;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileListTest {
    private static final int CHUNK = 1 << 20;
    private static final Bytes SHA256 = Bytes.wrap(new byte[32]);

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");

    @Test
    void read_listOfSeveralParts_isWhatWasWritten() {
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            files.add(entry(String.format("data/%06d.sst", i), i % 3 * (long) CHUNK));
        }
        FileListWriter writer = archive.fileListWriter();
        files.forEach(writer::add);

        FileListRef ref = writer.finish();

        assertThat(ref.parts()).hasSizeGreaterThan(1);
        assertThat(ref.entries()).isEqualTo(60_000);
        assertThat(read(SampleArchive.open(store, "orders"), ref)).isEqualTo(files);
    }

    @Test
    void read_emptyList_hasNoParts() {
        FileListRef ref = archive.fileListWriter().finish();

        assertThat(ref.parts()).isEmpty();
        assertThat(read(archive, ref)).isEmpty();
    }

    @Test
    void read_fileWithAsManyChunksAsThereCanBe_works() {
        FileListWriter writer = archive.fileListWriter();
        ChunkId chunk = new ChunkId(1, 2, 3, 4);
        long size = (1L << 20) * CHUNK;
        writer.add(new FileEntry("large", size, "i", SHA256, Collections.nCopies(1 << 20, chunk)));

        assertThat(read(archive, writer.finish())).singleElement().satisfies(file -> assertThat(file.chunks())
                .hasSize(1 << 20));
        assertThatIllegalArgumentException().isThrownBy(() -> archive.fileListWriter()
                .add(new FileEntry("too large", size + 1, "i", SHA256, Collections.nCopies((1 << 20) + 1, chunk))));
    }

    @Test
    void add_notAscending_isRefused() {
        FileListWriter writer = archive.fileListWriter();
        writer.add(entry("b", 0));

        assertThatIllegalArgumentException().isThrownBy(() -> writer.add(entry("b", 0)));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.add(entry("a", 0)));
    }

    @Test
    void add_badPathOrChunkCount_isRefused() {
        FileListWriter writer = archive.fileListWriter();

        assertCode(ErrorCode.SNAPSHOT_FAILED, () -> writer.add(entry("a/../b", 0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.add(new FileEntry("a", 5, "i", SHA256, List.of())));
    }

    @Test
    void read_partChangedTruncatedSwappedOrMissing_isFound() {
        FileListRef first = list("a");
        FileListRef second = list("b");
        ObjectKey firstKey = archive.layout().fileList(first.parts().get(0).object());
        ObjectKey secondKey = archive.layout().fileList(second.parts().get(0).object());
        byte[] original = store.read(firstKey);

        for (int i = 0; i < original.length; i++) {
            int at = i;
            store.damage(firstKey, content -> {
                content[at] ^= 1;
                return content;
            });
            assertCode(ErrorCode.OBJECT_DAMAGED, () -> read(archive, first));
            store.damage(firstKey, content -> original.clone());
        }
        store.damage(firstKey, content -> store.read(secondKey));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> read(archive, first));
        store.damage(firstKey, content -> Arrays.copyOf(original, 30));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> read(archive, first));
        store.delete(firstKey);
        assertCode(ErrorCode.OBJECT_MISSING, () -> read(archive, first));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/etc/passwd", "a/../../b", "c:/x", "a\\b", "a\0", "a//b", "a\u0308"})
    void read_hostilePathByWhoeverHasTheKeys_isRefused(String path) {
        Sealer sealer = foreignSealer();
        FileListRef ref =
                part(sealer, content(entryBytes("a", 0, 0), entryBytes(path, 0, 0), entryBytes("z", 0, 0)), 3);

        assertCode(ErrorCode.MANIFEST_INVALID, () -> readWith(sealer, ref));
    }

    @Test
    void read_entriesThatLie_areRefused() {
        Sealer sealer = foreignSealer();
        byte[] first = entryBytes("a", 0, 0);
        byte[] last = entryBytes("z", 0, 0);

        assertThat(readWith(sealer, part(sealer, content(first, last), 2))).hasSize(2);
        List<byte[]> contents = List.of(
                content(first, entryBytes("b", 0, 0), entryBytes("b", 0, 0), last),
                content(first, entryBytes("c", 0, 0), entryBytes("b", 0, 0), last),
                content(first, entryBytes("b", -1, 0), entryBytes("c", 0, 0), last),
                content(first, entryBytes("b", 1, 0), entryBytes("c", 0, 0), last),
                content(first, entryBytes("b", 0, 1), entryBytes("c", 0, 0), last),
                content(first, entryBytes("b", Long.MAX_VALUE, 3), entryBytes("c", 0, 0), last),
                content(first, entryBytes("b", 0, 0), last),
                content(first, entryBytes("b", 0, 0), entryBytes("c", 0, 0), last, last),
                content(first, entryBytes("b", 0, 0), entryBytes("c", 0, 0), entryBytes("y", 0, 0)),
                content(first, new byte[] {127, 0, 0, 0}),
                content(first, new byte[] {-1, -1, -1, -1}));
        for (byte[] content : contents) {
            assertCode(ErrorCode.MANIFEST_INVALID, () -> readWith(sealer, part(sealer, content, 4)));
        }
    }

    @Test
    void fileContents_storeAndCopy_isTheSame() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        Map<String, byte[]> contents = new TreeMap<>();
        for (int length : new int[] {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77}) {
            contents.put("f" + length, SampleArchive.randomBytes(length, length));
        }
        List<FileEntry> files = new ArrayList<>();
        contents.forEach((path, content) -> files.add(SampleArchive.store(writer, path, content)));
        writer.flush();

        for (FileEntry file : files) {
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            FileContents.copy(archive.chunkReader(archive.loadIndex()), file, Channels.newChannel(copy));
            assertThat(copy.toByteArray()).isEqualTo(contents.get(file.path()));
            FileListFormat.requireChunks(file, CHUNK);
        }
    }

    @Test
    void fileContents_storeOfAnotherLengthThanAnnounced_isRefused() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());

        for (int length : new int[] {0, 9, 11, 3 * CHUNK}) {
            assertCode(
                    ErrorCode.SNAPSHOT_FAILED,
                    () -> FileContents.store(
                            writer,
                            new SnapshotFile("f", 10, "i"),
                            Channels.newChannel(new ByteArrayInputStream(new byte[length]))));
        }
    }

    @Test
    void fileContents_copyOfChunksThatAreNotTheFile_isRefused() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        FileEntry file = SampleArchive.store(writer, "f", new byte[2000]);
        FileEntry other = SampleArchive.store(writer, "g", SampleArchive.randomBytes(1, 2000));
        writer.flush();
        FileEntry mixed = new FileEntry("f", 2000, "i", file.sha256(), other.chunks());

        assertCode(
                ErrorCode.OBJECT_DAMAGED,
                () -> FileContents.copy(
                        archive.chunkReader(archive.loadIndex()),
                        mixed,
                        Channels.newChannel(new ByteArrayOutputStream())));
    }

    private FileListRef list(String path) {
        FileListWriter writer = archive.fileListWriter();
        writer.add(entry(path, 0));
        return writer.finish();
    }

    private static FileEntry entry(String path, long size) {
        int chunks = (int) ((size + CHUNK - 1) / CHUNK);
        return new FileEntry(
                path, size, "id", SHA256, Collections.nCopies(chunks, new ChunkId(path.hashCode(), size, 3, 4)));
    }

    private static List<FileEntry> read(NamespaceArchive archive, FileListRef ref) {
        try (CloseableIterator<FileEntry> entries = archive.readFileList(ref)) {
            return collect(entries);
        }
    }

    private List<FileEntry> readWith(Sealer sealer, FileListRef ref) {
        return collect(new FileListReader(store, new NamespaceLayout("foreign"), sealer, CHUNK, ref));
    }

    private static List<FileEntry> collect(CloseableIterator<FileEntry> entries) {
        List<FileEntry> files = new ArrayList<>();
        entries.forEachRemaining(files::add);
        return files;
    }

    private static Sealer foreignSealer() {
        DataKeys keys = new DataKeys(
                new ObjectId(1, 1),
                "foreign",
                new byte[32],
                new TreeMap<>(Map.of(1, new byte[32])),
                (keyId, object) -> FormatErrors.damaged(object, "it needs key " + keyId));
        return new Sealer(keys, new Random(4));
    }

    private FileListRef part(Sealer sealer, byte[] content, int entries) {
        ObjectId id = ObjectId.of(sealer.randomBytes(16));
        ObjectKey key = new NamespaceLayout("foreign").fileList(id);
        byte[] sealed = sealer.seal(ObjectType.FILE_LIST, key.value(), Compression.pack(content));
        store.create(key, ByteBuffer.wrap(sealed));
        String hash = HexFormat.of().formatHex(FileListFormat.sha256().digest(sealed));
        return new FileListRef(List.of(new FileListRef.Part(id, hash, sealed.length, entries, "a", "z")));
    }

    private static byte[] content(byte[]... entries) {
        ByteFields fields = new ByteFields();
        for (byte[] entry : entries) {
            fields.raw(entry);
        }
        return fields.toArray();
    }

    private static byte[] entryBytes(String path, long size, int chunks) {
        return new ByteFields()
                .text(path)
                .u64(size)
                .text("id")
                .raw(new byte[32])
                .u32(chunks)
                .raw(new byte[32 * chunks])
                .toArray();
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
