package dev.tidemark.coordinator.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Format version 1 of exports to the byte: an export of the checked-in archive is checked in too, compressed. {@code
 * -Dgolden.update=true} writes it anew, after the archive.
 */
class ExportFormatTest {
    private static final Path ARCHIVE = Path.of("src/test/resources/archive-format-1");
    private static final Path FIXTURE = Path.of("src/test/resources/export-format-1/b-2.tar.gz");
    private static final String PASSPHRASE = "correct horse battery staple";

    @Test
    void export_ofTheFixtureArchive_givesTheBytesOfTheFixture() throws IOException {
        byte[] export = Exports.export(archive(), "b-2");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(FIXTURE.getParent());
            try (OutputStream target = new GZIPOutputStream(Files.newOutputStream(FIXTURE))) {
                target.write(export);
            }
            return;
        }

        assertThat(export).isEqualTo(fixture());
    }

    @Test
    void import_ofTheFixture_restoresItsFiles() throws IOException {
        Exports exports = new Exports();
        Archive target = exports.archive(new InMemoryObjectStore(), 5);

        exports.importInto(target, fixture());

        Map<String, byte[]> expected = SampleArchive.restore(archive().namespace(Exports.NAMESPACE), "b-2");
        Map<String, byte[]> found = SampleArchive.restore(target.namespace(Exports.NAMESPACE), "b-2");
        assertThat(found.keySet()).isEqualTo(expected.keySet()).hasSize(4);
        expected.forEach((path, content) -> assertThat(found.get(path)).isEqualTo(content));
    }

    private static Archive archive() {
        return Archive.open(
                FilesystemObjectStore.open(ARCHIVE, new Random(1)),
                ArchiveKey.passphrase(PASSPHRASE.toCharArray()),
                SampleArchive.seams(1));
    }

    private static byte[] fixture() throws IOException {
        try (InputStream source = new GZIPInputStream(Files.newInputStream(FIXTURE))) {
            return source.readAllBytes();
        }
    }
}
