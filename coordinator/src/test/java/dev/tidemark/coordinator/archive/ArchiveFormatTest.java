package dev.tidemark.coordinator.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.audit.AuditEvent;
import dev.tidemark.coordinator.archive.audit.AuditStatement;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.catalog.Annotations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Format version 1 to the byte: an archive written with fixed seeds is checked in. It is written again and compared, read with
 * the production code, and read a second time by {@link IndependentReader}. {@code -Dgolden.update=true}
 * writes the fixture anew; that is a change of the format, or of the compressor.
 */
class ArchiveFormatTest {
    private static final Path FIXTURE = Path.of("src/test/resources/archive-format-1");
    private static final Instant NEXT_BACKUP_DUE = Instant.parse("2026-11-06T02:00:00Z");
    private static final String PASSPHRASE = "correct horse battery staple";

    @TempDir
    private Path folder;

    @Test
    void write_withFixedSeeds_givesTheBytesOfTheFixture() throws IOException {
        boolean isUpdate = Boolean.getBoolean("golden.update");
        Path target = isUpdate ? FIXTURE : folder.resolve("archive");
        if (isUpdate) {
            for (String name : files(FIXTURE).keySet()) {
                Files.delete(FIXTURE.resolve(name));
            }
        }
        write(FilesystemObjectStore.open(target, new Random(77)));
        if (isUpdate) {
            Files.delete(target.resolve("tmp"));
            return;
        }

        Map<String, byte[]> written = files(target);
        Map<String, byte[]> expected = files(FIXTURE);

        assertThat(written.keySet()).isEqualTo(expected.keySet());
        expected.forEach(
                (name, content) -> assertThat(written.get(name)).as(name).isEqualTo(content));
    }

    @Test
    void read_fixture_givesTheFiles() {
        ObjectStore store = FilesystemObjectStore.open(FIXTURE, new Random(1));
        NamespaceArchive archive = Archive.open(
                        store, ArchiveKey.passphrase(PASSPHRASE.toCharArray()), SampleArchive.seams(1))
                .namespace("orders/eu");

        Map<String, byte[]> restored = SampleArchive.restore(archive, "b-2");

        assertThat(restored.keySet()).isEqualTo(contents().keySet());
        contents().forEach((path, content) -> assertThat(restored.get(path)).isEqualTo(content));
        Manifest manifest = archive.manifests().read("b-2");
        assertThat(manifest.sequence()).isEqualTo(2);
        assertThat(archive.manifests().backupIds()).containsExactly("b-1", "b-2", "b-4");
        assertThat(manifest.findNextBackupDue()).as("not in the JSON").isEmpty();
        assertThat(archive.manifests().read("b-4").findNextBackupDue()).contains(NEXT_BACKUP_DUE);
        assertThat(new String(archive.documents().read(archive.key("journal/op/00000001")), UTF_8))
                .isEqualTo("{\"step\":\"hold\"}");
    }

    @Test
    void read_byTheDocumentAlone_givesTheFiles() throws Exception {
        Map<String, byte[]> files =
                new IndependentReader(FIXTURE, PASSPHRASE, "orders/eu", "ns/orders=2Feu/").files("b-2");

        assertThat(files.keySet()).isEqualTo(contents().keySet());
        contents().forEach((path, content) -> assertThat(files.get(path)).isEqualTo(content));
    }

    @Test
    void read_byTheDocumentAlone_givesAuditLogAndAnnotations() throws Exception {
        IndependentReader reader = new IndependentReader(FIXTURE, PASSPHRASE, "orders/eu", "ns/orders=2Feu/");

        assertThat(reader.audit())
                .extracting(entry -> entry.at("/statement/subject").asText())
                .containsExactly("backup b-1", "backup b-2");
        assertThat(new String(reader.open(5, "annotations/b-2/00000001"), UTF_8))
                .isEqualTo("{\"backupId\":\"b-2\",\"number\":1,\"texts\":{\"ticket\":\"17\"}}");
    }

    @Test
    void read_byTheDocumentAlone_givesWhenTheNextBackupIsDue() throws Exception {
        IndependentReader reader = new IndependentReader(FIXTURE, PASSPHRASE, "orders/eu", "ns/orders=2Feu/");

        assertThat(reader.manifest("b-2").has("nextBackupDue")).isFalse();
        assertThat(reader.manifest("b-4").get("nextBackupDue").asText()).isEqualTo("2026-11-06T02:00:00Z");
    }

    private static void write(ObjectStore store) {
        Archive archive =
                Archive.create(store, ArchiveKey.passphrase(PASSPHRASE.toCharArray()), SampleArchive.seams(20_261_105));
        NamespaceArchive namespace = archive.createNamespace("orders/eu");
        namespace.documents().create(namespace.key("journal/op/00000001"), "{\"step\":\"hold\"}".getBytes(UTF_8));
        SampleArchive.backup(namespace, "b-1", Map.of("CURRENT", "MANIFEST-000004\n".getBytes(UTF_8)));
        SampleArchive.backup(namespace, "b-2", contents());
        namespace.manifests().abandon("b-3");
        new Annotations(namespace).change("b-2", Map.of("ticket", "17"));
        for (String subject : List.of("backup b-1", "backup b-2")) {
            namespace
                    .audit()
                    .append(
                            SampleArchive.NOW,
                            "anna, 4711@db-1",
                            AuditStatement.of(AuditEvent.EXPORTED, "orders/eu", subject, "-"));
        }
        Manifest second = namespace.manifests().read("b-2");
        namespace.manifests().create(SampleArchive.withNextBackupDue(second, "b-4", NEXT_BACKUP_DUE));
    }

    /** An empty file, a file that is in the first backup, one of two frames, one of two chunks. */
    private static Map<String, byte[]> contents() {
        byte[] repeated = new byte[(1 << 20) + 100];
        Arrays.fill(repeated, (byte) 'x');
        return new TreeMap<>(Map.of(
                "CURRENT",
                "MANIFEST-000004\n".getBytes(UTF_8),
                "empty",
                new byte[0],
                "sst/000007.sst",
                SampleArchive.randomBytes(7, 70_000),
                "sst/\u00fcberl\u00e4nge.sst",
                repeated));
    }

    private static Map<String, byte[]> files(Path root) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }
}
