package dev.tidemark.coordinator.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H2, H3, H4: what somebody could put into an export to harm whoever imports it; and E3, E5: every byte that can rot or be missing. */
@Execution(ExecutionMode.CONCURRENT)
class HostileExportTest {
    /** Every how many bytes one is changed; with 512 in a block, all kinds of places are met. */
    private static final int STRIDE = 37;

    private static final Map<String, byte[]> FILES = new TreeMap<>(Map.of(
            "CURRENT", "MANIFEST-000004\n".getBytes(UTF_8),
            "data/\u00fc.sst", SampleArchive.randomBytes(1, 700)));

    private Archive archive;
    private byte[] export;

    @BeforeEach
    void setUp() {
        archive = new Exports().archive(new InMemoryObjectStore(), 1);
        SampleArchive.backup(archive.createNamespace(Exports.NAMESPACE), "b-1", FILES);
        export = Exports.export(archive, "b-1");
    }

    @Test
    void read_anyByteChanged_isRefused() {
        for (int i = 0; i < export.length; i += STRIDE) {
            byte[] changed = export.clone();
            changed[i] ^= (byte) (1 << (i % 8));
            int position = i;

            assertThatExceptionOfType(CoordinatorException.class)
                    .as("byte %d of %d", position, export.length)
                    .isThrownBy(() -> Exports.files(changed))
                    .satisfies(HostileExportTest::isRefusal);
        }
    }

    @Test
    void read_cutOffAnywhere_isRefused() {
        for (int length = 0; length < export.length; length += 211) {
            byte[] cut = Arrays.copyOf(export, length);

            assertThatExceptionOfType(CoordinatorException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> Exports.files(cut))
                    .satisfies(HostileExportTest::isRefusal);
        }
    }

    @Test
    void read_somethingBehindTheEnd_isRefused() {
        byte[] longer = Arrays.copyOf(export, export.length + 512);

        assertRefused(longer, "something follows its end");
    }

    @Test
    void open_signedWithAnotherKey_isRefusedUnlessThatIsTrusted() {
        Archive other = new Exports().archive(new InMemoryObjectStore(), 2);
        TrustedKeys own = TrustedKeys.of(other.header().verifyingKey());

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> ExportSource.open(new ByteArrayInputStream(export), "-", own))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_KEY));

        TrustedKeys both = own.and(
                "-----BEGIN PUBLIC KEY-----\n" + archive.header().signingPublicKey() + "\n-----END PUBLIC KEY-----\n");
        try (ExportSource source = ExportSource.open(new ByteArrayInputStream(export), "-", both)) {
            assertThat(source.manifest().backupId()).isEqualTo("b-1");
        }
    }

    /** Whoever puts in another key must sign the manifest anew, which makes it another key's export. */
    @Test
    void open_keyExchanged_isRefused() {
        Archive other = new Exports().archive(new InMemoryObjectStore(), 2);
        String own = archive.header().signingPublicKey();
        String text = new String(export, ISO_8859_1);
        byte[] exchanged = text.replace(own, other.header().signingPublicKey()).getBytes(ISO_8859_1);

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> Exports.files(exchanged))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID));
    }

    /** Lists, files and sums fit together, but nobody has signed them. */
    @Test
    void read_otherContentWithItsOwnSums_isRefusedByTheSignature() {
        byte[] forged = build(new Forgery().withContent("CURRENT", "MANIFEST-000666\n"));

        assertRefused(forged, "its signature is for another content");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/cron.d/x",
                "/etc/passwd",
                "a/../b",
                "a//b",
                "./a",
                "a\\b",
                "c:evil",
                "nul\u0000l",
                "line\nfeed",
                "e\u0301"
            })
    void read_pathThatLeadsElsewhere_isRefused(String path) {
        byte[] forged = build(new Forgery().withPath("CURRENT", path));

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> Exports.files(forged))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
    }

    @Test
    void read_fileTwice_isRefused() {
        assertRefused(build(new Forgery().withPath("data/\u00fc.sst", "CURRENT")), "expected: a greater one");
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '5', '6', 'L', 'K', 'S', 'g', 'V'})
    void read_entryThatIsNoPlainFile_isRefused(char type) {
        byte[] changed = export.clone();
        int header = entry("lists/00000001");
        changed[header + 156] = (byte) type;
        fixChecksum(changed, header);

        assertRefused(changed, "is not one that Tidemark writes");
    }

    @Test
    void read_entryThatNobodyExpects_isRefused() {
        int at = entry("lists/00000001");
        byte[] extra = Arrays.copyOf(TarFormat.headers(".bashrc", 0, SampleArchive.NOW.getEpochSecond(), 3), 512);
        byte[] inserted = concat(Arrays.copyOf(export, at), extra, Arrays.copyOfRange(export, at, export.length));

        assertRefused(inserted, "is not expected here");
    }

    @Test
    void read_listWithoutEnd_isRefusedBeforeItIsRead() {
        int at = entry("lists/00000001");
        byte[] huge = TarFormat.headers("lists/00000001", 1L << 40, SampleArchive.NOW.getEpochSecond(), 3);
        byte[] changed = concat(Arrays.copyOf(export, at), huge);

        assertRefused(changed, "expected: 1 to");
    }

    @Test
    void read_sizeThatIsALie_isRefused() {
        int at = entry("files/main/n1/CURRENT");
        byte[] other = TarFormat.headers("files/main/n1/CURRENT", 17, SampleArchive.NOW.getEpochSecond(), 4);
        byte[] changed = export.clone();
        System.arraycopy(other, 0, changed, at, other.length);

        assertRefused(changed, "is not the one that its list names");
    }

    @Test
    void read_textInsteadOfAnExport_isRefused() {
        assertRefused("just some text".repeat(100).getBytes(UTF_8), "is not one that Tidemark writes");
        assertRefused(new byte[0], "cut off");
    }

    private static void assertRefused(byte[] changed, String reason) {
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> Exports.files(changed))
                .withMessageContaining(reason)
                .satisfies(HostileExportTest::isRefusal);
    }

    private static void isRefusal(CoordinatorException e) {
        assertThat(e.code())
                .isIn(
                        ErrorCode.INVALID_INPUT,
                        ErrorCode.MANIFEST_INVALID,
                        ErrorCode.UNKNOWN_FORMAT_VERSION,
                        ErrorCode.OBJECT_DAMAGED);
    }

    /** Returns where the header of an entry is. */
    private int entry(String name) {
        byte[] bytes = name.getBytes(UTF_8);
        for (int i = 0; i < export.length; i += 512) {
            if (Arrays.equals(Arrays.copyOfRange(export, i, i + bytes.length), bytes)) {
                return i;
            }
        }
        throw new AssertionError("no entry " + name);
    }

    private static void fixChecksum(byte[] bytes, int header) {
        Arrays.fill(bytes, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = header; i < header + 512; i++) {
            sum += bytes[i] & 0xff;
        }
        byte[] text = String.format("%06o\0 ", sum).getBytes(UTF_8);
        System.arraycopy(text, 0, bytes, header + 148, text.length);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Builds an export of the same manifest, in which everything fits but the signature, which is that of the real one. */
    private byte[] build(Forgery forgery) {
        byte[] header = content(ExportFormat.HEADER);
        byte[] manifest = content(ExportFormat.MANIFEST);
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        ByteArrayOutputStream sums = new ByteArrayOutputStream();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(stream, SampleArchive.NOW.getEpochSecond());
        tar.entry(ExportFormat.HEADER, header);
        tar.entry(ExportFormat.MANIFEST, manifest);
        sums.writeBytes(ExportFormat.sumLine(ExportFormat.sha256(header), ExportFormat.HEADER));
        sums.writeBytes(ExportFormat.sumLine(ExportFormat.sha256(manifest), ExportFormat.MANIFEST));
        forgery.files.forEach((key, content) -> {
            list.writeBytes(StrictJson.encode(new ForgedLine(
                    "main",
                    "n1",
                    forgery.paths.getOrDefault(key, key),
                    content.length,
                    "id-" + key,
                    ExportFormat.sha256(content))));
            list.write('\n');
        });
        tar.entry("lists/00000001", list.toByteArray());
        sums.writeBytes(ExportFormat.sumLine(ExportFormat.sha256(list.toByteArray()), "lists/00000001"));
        forgery.files.forEach((key, content) -> {
            String name = "files/main/n1/" + forgery.paths.getOrDefault(key, key);
            tar.entry(name, content);
            sums.writeBytes(ExportFormat.sumLine(ExportFormat.sha256(content), name));
        });
        tar.entry(ExportFormat.SUMS, sums.toByteArray());
        tar.entry(ExportFormat.SIGNATURE, content(ExportFormat.SIGNATURE));
        tar.finish();
        return stream.toByteArray();
    }

    @Test
    void build_withoutForgery_givesTheExport() {
        assertThat(HexFormat.of().formatHex(build(new Forgery())))
                .isEqualTo(HexFormat.of().formatHex(export));
    }

    private byte[] content(String name) {
        int header = entry(name);
        int size = Integer.parseInt(new String(export, header + 124, 11, UTF_8), 8);
        return Arrays.copyOfRange(export, header + 512, header + 512 + size);
    }

    private record ForgedLine(String store, String node, String path, long sizeBytes, String identity, String sha256) {}

    private static final class Forgery {
        private final Map<String, byte[]> files = new TreeMap<>(FILES);
        private final Map<String, String> paths = new TreeMap<>();

        private Forgery withContent(String path, String content) {
            files.put(path, content.getBytes(UTF_8));
            return this;
        }

        private Forgery withPath(String path, String other) {
            paths.put(path, other);
            return this;
        }
    }
}
