package dev.tidemark.coordinator.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** H1: what the public key of an archive, and that of another one, give. */
class PublicArchiveTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Test
    void manifests_withThePublicKeyAlone_areRead() throws GeneralSecurityException {
        NamespaceArchive namespace = SampleArchive.create(store, "orders");
        Manifest written = SampleArchive.backup(namespace, "b-1", Map.of("CURRENT", new byte[] {1}));
        Archive opened = Archive.open(store, SampleArchive.key(), SampleArchive.seams(2));
        VerifyingKey noted = VerifyingKey.ofPem(
                "Archive of the test\n" + opened.verifyingKey().toPem() + "\n");

        PublicArchive archive = PublicArchive.open(store, noted, opened.id());

        assertThat(archive.namespaces()).containsExactly("orders");
        List<Manifest> read = new ArrayList<>();
        assertThat(archive.manifests("orders").forEach(read::add)).isEmpty();
        assertThat(read).containsExactly(written);
    }

    @Test
    void open_publicKeyOfAnotherArchive_isRefused() {
        SampleArchive.create(store, "orders");
        VerifyingKey foreign = Archive.create(new InMemoryObjectStore(), SampleArchive.key(), SampleArchive.seams(9))
                .verifyingKey();

        assertCode(ErrorCode.WRONG_KEY, () -> PublicArchive.open(store, foreign));
    }

    @Test
    void open_anotherArchiveThanExpected_isRefused() {
        SampleArchive.create(store, "orders");
        VerifyingKey key =
                Archive.open(store, SampleArchive.key(), SampleArchive.seams(2)).verifyingKey();

        assertCode(ErrorCode.ARCHIVE_MISMATCH, () -> PublicArchive.open(store, key, "0".repeat(32)));
        assertCode(ErrorCode.ARCHIVE_NOT_FOUND, () -> PublicArchive.open(new InMemoryObjectStore(), key));
    }

    @Test
    void open_headerWithForgedPublicKey_isRefused() {
        SampleArchive.create(store, "orders");
        Archive own = Archive.open(store, SampleArchive.key(), SampleArchive.seams(2));
        ArchiveHeader foreign = Archive.create(new InMemoryObjectStore(), SampleArchive.key(), SampleArchive.seams(9))
                .header();
        store.damage(ArchiveHeader.KEY, content -> new String(content, StandardCharsets.UTF_8)
                .replace(own.header().signingPublicKey(), foreign.signingPublicKey())
                .replace(own.header().signingKeyId(), foreign.signingKeyId())
                .getBytes(StandardCharsets.UTF_8));

        assertCode(ErrorCode.WRONG_KEY, () -> PublicArchive.open(store, own.verifyingKey()));
    }

    @Test
    void ofPem_somethingElse_isRefused() {
        List<String> texts = List.of(
                "",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\n?\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");

        for (String text : texts) {
            assertThatThrownBy(() -> VerifyingKey.ofPem(text)).isInstanceOf(GeneralSecurityException.class);
        }
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
