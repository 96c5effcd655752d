package dev.tidemark.coordinator.archive.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveHeader;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestStoreTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");
    private final ManifestStore manifests = archive.manifests();

    @Test
    void read_afterCreate_isTheSameWithAndWithoutKeys() {
        Manifest manifest = create("b-1", 1);

        assertThat(manifests.read("b-1")).isEqualTo(manifest);
        assertThat(SampleArchive.open(store, "orders").manifests().read("b-1")).isEqualTo(manifest);
        assertThat(publicReader("orders").read("b-1")).isEqualTo(manifest);
        assertThat(publicReader("orders").backupIds()).containsExactly("b-1");
    }

    @Test
    void create_twice_isConfirmedWhenEqualAndRefusedWhenNot() {
        Manifest manifest = create("b-1", 1);

        manifests.create(manifest);

        assertCode(ErrorCode.OBJECT_EXISTS, () -> manifests.create(manifest("b-1", 2)));
        assertThat(manifests.read("b-1")).isEqualTo(manifest);
    }

    @Test
    void nextSequence_isAboveEveryBackup() {
        assertThat(manifests.nextSequence()).isEqualTo(1);
        create("b-9", 7);
        create("b-2", 3);

        assertThat(manifests.nextSequence()).isEqualTo(8);
        assertThat(manifests.backupIds()).containsExactly("b-2", "b-9");
    }

    @Test
    void forEach_oneDamaged_givesTheOthersAndNamesIt() {
        create("b-1", 1);
        create("b-2", 2);
        create("b-3", 3);
        manifests.abandon("b-4");
        edit("b-2", text -> text.replace("\"backupTimestamp\":100", "\"backupTimestamp\":101"));
        List<String> read = new ArrayList<>();

        List<DamagedManifest> damaged = manifests.forEach(manifest -> read.add(manifest.backupId()));

        assertThat(read).containsExactly("b-1", "b-3");
        assertThat(damaged).extracting(DamagedManifest::backupId).containsExactly("b-2");
        assertThat(damaged.get(0).message()).contains("ns/orders/manifests/b-2");
    }

    @Test
    void forEach_storeDoesNotAnswer_isThrown() {
        create("b-1", 1);
        store.failNext(
                InMemoryObjectStore.Operation.READ,
                new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "planned", "planned"));

        assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> manifests.forEach(manifest -> {}));
    }

    @Test
    void nextSequence_newestDamaged_doesNotUseItsNumberAgain() {
        create("b-1", 1);
        create("b-2", 2);
        edit("b-2", text -> text.replace("\"backupTimestamp\":100", "\"backupTimestamp\":101"));

        assertThat(manifests.nextSequence()).isEqualTo(3);
    }

    @Test
    void abandon_beforeCreate_keepsTheManifestOut() {
        manifests.abandon("b-1");
        manifests.abandon("b-1");

        assertCode(ErrorCode.OBJECT_EXISTS, () -> create("b-1", 1));
        assertCode(ErrorCode.UNKNOWN_BACKUP, () -> manifests.read("b-1"));
        assertThat(manifests.backupIds()).isEmpty();
        assertThat(manifests.nextSequence()).isEqualTo(1);
    }

    @Test
    void abandon_afterCreate_isRefused() {
        create("b-1", 1);

        assertCode(ErrorCode.OBJECT_EXISTS, () -> manifests.abandon("b-1"));

        assertThat(manifests.backupIds()).containsExactly("b-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "", "../b-1", "a/b", "-x", ".x", "x\n"})
    void read_unknownBackup_isRefused(String id) {
        assertCode(ErrorCode.UNKNOWN_BACKUP, () -> manifests.read(id));
    }

    @Test
    void read_anyByteChanged_isFound() {
        create("b-1", 1);
        byte[] original = store.read(key("b-1"));

        for (int i = 0; i < original.length; i++) {
            for (int bit : new int[] {1, 32}) {
                int at = i;
                store.damage(key("b-1"), content -> {
                    content[at] ^= (byte) bit;
                    return content;
                });
                assertThatThrownBy(() -> manifests.read("b-1"))
                        .as("byte %d", i)
                        .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                                .isIn(ErrorCode.MANIFEST_INVALID, ErrorCode.UNKNOWN_FORMAT_VERSION));
                store.damage(key("b-1"), content -> original.clone());
            }
        }
    }

    @Test
    void read_editedByHand_isRefused() {
        create("b-1", 1);
        edit("b-1", text -> text.replace("\"backupTimestamp\":100", "\"backupTimestamp\":101"));

        assertCode(ErrorCode.MANIFEST_INVALID, () -> manifests.read("b-1"));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> publicReader("orders").read("b-1"));
        assertThat(manifests.backupIds()).containsExactly("b-1");
    }

    @Test
    void read_cutOffAnywhere_isRefused() {
        create("b-1", 1);
        byte[] original = store.read(key("b-1"));

        for (int length = 0; length < original.length; length += 13) {
            byte[] cut = Arrays.copyOf(original, length);
            store.damage(key("b-1"), content -> cut);
            assertCode(ErrorCode.MANIFEST_INVALID, () -> manifests.read("b-1"));
        }
    }

    @Test
    void read_underAnotherBackupId_isRefused() {
        create("b-1", 1);
        byte[] original = store.read(key("b-1"));
        store.create(key("b-2"), ByteBuffer.wrap(original));

        assertCode(ErrorCode.MANIFEST_INVALID, () -> manifests.read("b-2"));
    }

    @Test
    void read_ofAnotherNamespace_isRefused() {
        create("b-1", 1);
        NamespaceArchive stock =
                Archive.open(store, SampleArchive.key(), SampleArchive.seams(3)).createNamespace("stock");
        store.create(stock.layout().manifest("b-1"), ByteBuffer.wrap(store.read(key("b-1"))));

        assertCode(ErrorCode.MANIFEST_INVALID, () -> stock.manifests().read("b-1"));
    }

    @Test
    void read_signedByAnotherArchive_isRefused() {
        InMemoryObjectStore otherStore = new InMemoryObjectStore();
        NamespaceArchive other = Archive.create(otherStore, SampleArchive.key(), SampleArchive.seams(99))
                .createNamespace("orders");
        SampleArchive.backup(other, "b-1", Map.of());
        store.create(key("b-1"), ByteBuffer.wrap(otherStore.read(key("b-1"))));

        assertCode(ErrorCode.MANIFEST_INVALID, () -> manifests.read("b-1"));
    }

    @Test
    void read_laterVersionOfEnvelopeOrPayload_isRefusedAsUnknown() {
        create("b-1", 1);
        edit("b-1", text -> text.replace("tidemark-manifest 1 ed25519", "tidemark-manifest 2 magic"));
        assertCode(ErrorCode.UNKNOWN_FORMAT_VERSION, () -> manifests.read("b-1"));

        assertCode(ErrorCode.UNKNOWN_FORMAT_VERSION, () -> readSigned("{\"formatVersion\":2,\"new\":{}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"backupTimestamp\":100|\"backupTimestamp\":89",
                "\"backupTimestamp\":100|\"backupTimestamp\":110",
                "\"immutableTimestamp\":90|\"immutableTimestamp\":0",
                "\"backupTimestamp\":100|\"backupTimestamp\":\"100\"",
                "\"backupTimestamp\":100|\"backupTimestamp\":100.0",
                "\"backupTimestamp\":100|\"backupTimestamp\":1e2",
                "\"backupTimestamp\":100|\"backupTimestamp\":99999999999999999999",
                "\"backupTimestamp\":100|\"backupTimestamp\":null",
                "\"backupTimestamp\":100|\"backupTimestamp\":100,\"backupTimestamp\":100",
                "\"backupTimestamp\":100|\"backupTimestamp\":100,\"extra\":1",
                "\"backupTimestamp\":100,|''",
                "\"sequence\":1|\"sequence\":0",
                "\"sequence\":1|\"sequence\":-1",
                "\"files\":0|\"files\":-1",
                "\"isSettled\":true|\"isSettled\":1",
                "\"isDegraded\":false|\"isDegraded\":true",
                "\"timestampBefore\":101|\"timestampBefore\":100",
                "\"timestampAfter\":102|\"timestampAfter\":110",
                "\"timestampAfter\":102|\"timestampAfter\":101",
                "\"store\":\"main\"|\"store\":\"other\"",
                "\"node\":\"n1\",\"snapshotTag\"|\"node\":\"n2\",\"snapshotTag\"",
                "\"node\":\"n1\",\"tokenRanges\"|\"node\":\"n2\",\"tokenRanges\"",
                "\"backupId\":\"b-1\"|\"backupId\":\"b-2\"",
                "\"namespace\":\"orders\"|\"namespace\":\"stock\"",
                "\"formatVersion\":1|\"formatVersion\":0",
                "\"createdAt\":\"2026|\"createdAt\":\"+12026",
                "\"replicationFactor\":1|\"replicationFactor\":0",
                "\"labels\":{\"reason\":\"test\"}|\"labels\":{\"reason\":null}",
                "\"labels\":{\"reason\":\"test\"}|\"labels\":{\"a\\n\":\"test\"}"
            })
    void read_signedByTheRightKeyButOutOfRange_isRefused(String found, String replacement) {
        create("b-1", 1);
        String original = payload("b-1");
        assertThat(original).contains(found);

        assertCode(
                ErrorCode.MANIFEST_INVALID,
                () -> readSigned(original.replaceFirst(Pattern.quote(found), Matcher.quoteReplacement(replacement))));
    }

    @Test
    void read_snapshotAsEarlyAndAsLateAsAllowed_isAccepted() {
        create("b-1", 1);

        Manifest manifest = readSigned(payload("b-1").replace("\"timestampAfter\":102", "\"timestampAfter\":109"));

        assertThat(manifest.cut().nodes().get(0).timestampBefore()).isEqualTo(manifest.backupTimestamp() + 1);
        assertThat(manifest.cut().nodes().get(0).timestampAfter()).isEqualTo(manifest.fastForwardTimestamp() - 1);
    }

    /** A store that keeps no record of its garbage collection says 2^63 - 1; the hold has kept what is visible at the timestamp. */
    @ParameterizedTest
    @CsvSource({"12, 12", "100, 100", "101, 100", "9223372036854775807, 100"})
    void earliestRestorableTimestamp_isAtMostTheBackupTimestamp(String ofStore, long expected) {
        create("b-1", 1);

        Manifest manifest = readSigned(payload("b-1")
                .replace("\"earliestRestorableTimestamp\":12", "\"earliestRestorableTimestamp\":" + ofStore));

        assertThat(manifest.earliestRestorableTimestamp()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"main/n2, true", "main/n1, false", "other/n2, false", "main, false"})
    void read_missingNode_isOneOfAStoreWithoutASnapshot(String missing, boolean isAccepted) {
        create("b-1", 1);
        String payload = payload("b-1")
                .replace("\"isDegraded\":false", "\"isDegraded\":true")
                .replace("\"missingNodes\":[]", "\"missingNodes\":[\"" + missing + "\"]");

        if (isAccepted) {
            assertThat(readSigned(payload).cut().missingNodes()).containsExactly(missing);
        } else {
            assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned(payload));
        }
    }

    @Test
    void read_deepLongOrTrailing_isRefused() {
        create("b-1", 1);
        String original = payload("b-1");

        assertThat(readSigned(original)).isEqualTo(manifests.read("b-1"));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned("[".repeat(100_000)));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned(original + "{}"));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned("null"));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned(""));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned("{\"formatVersion\":" + "1".repeat(10_000) + "}"));
        assertCode(ErrorCode.MANIFEST_INVALID, () -> readSigned(" ".repeat(17 << 20)));
    }

    @Test
    void read_nextBackupDue_isWhatWasWrittenOrLeftOut() {
        create("b-1", 1);
        String unsaid = payload("b-1");
        assertThat(unsaid).doesNotContain("nextBackupDue");
        assertThat(manifests.read("b-1").findNextBackupDue()).isEmpty();
        String said = unsaid.substring(0, unsaid.length() - 1) + ",\"nextBackupDue\":\"2026-11-06T02:00:00Z\"}";

        Manifest manifest = readSigned(said);

        assertThat(manifest.findNextBackupDue()).contains(Instant.parse("2026-11-06T02:00:00Z"));
        assertThat(new String(StrictJson.encode(manifest), StandardCharsets.UTF_8))
                .isEqualTo(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"\"",
                "\"tomorrow\"",
                "\"1970-01-01T00:00:00Z\"",
                "\"1969-12-31T23:59:59Z\"",
                "\"+10000-01-01T00:00:00Z\"",
                "true",
                "{}"
            })
    void read_nextBackupDueThatNobodyWouldWrite_isRefused(String due) {
        create("b-1", 1);
        String unsaid = payload("b-1");

        assertCode(
                ErrorCode.MANIFEST_INVALID,
                () -> readSigned(unsaid.substring(0, unsaid.length() - 1) + ",\"nextBackupDue\":" + due + "}"));
    }

    @Test
    void constructor_badRanges_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> manifest("b-1", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> manifest("a/b", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new TimePoint(SampleArchive.NOW, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileListRef.Part(null, "0".repeat(64), 1, 1, "../a", "b"));
        assertThatIllegalArgumentException().isThrownBy(() -> new BackupSizes(0, 0, 0, 0, -1, 0));
    }

    /** Reads a payload that whoever has the signing key has signed. */
    private Manifest readSigned(String payload) {
        SigningKey signingKey = SigningKey.generate(new Random(8));
        InMemoryObjectStore other = new InMemoryObjectStore();
        SignedDocument document =
                new SignedDocument(SignedDocument.Kind.MANIFEST, payload.getBytes(StandardCharsets.UTF_8));
        other.create(key("b-1"), ByteBuffer.wrap(document.sign(key("b-1"), signingKey)));
        return new ManifestReader(other, archive.layout(), archive.archiveId(), signingKey.verifyingKey()).read("b-1");
    }

    private String payload(String id) {
        String text = new String(store.read(key(id)), StandardCharsets.UTF_8);
        return text.substring(text.indexOf('\n') + 1);
    }

    private void edit(String id, UnaryOperator<String> change) {
        store.damage(key(id), content -> change.apply(new String(content, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8));
    }

    private Manifest create(String id, long sequence) {
        Manifest manifest = manifest(id, sequence);
        manifests.create(manifest);
        return manifest;
    }

    private Manifest manifest(String id, long sequence) {
        return SampleArchive.manifest(
                archive, id, sequence, new FileListRef(List.of()), new BackupSizes(0, 0, 0, 0, 0, 0));
    }

    private ManifestReader publicReader(String namespace) {
        ArchiveHeader header =
                Archive.open(store, SampleArchive.key(), SampleArchive.seams(1)).header();
        return new ManifestReader(store, new NamespaceLayout(namespace), header.archiveId(), header.verifyingKey());
    }

    private ObjectKey key(String id) {
        return archive.layout().manifest(id);
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
