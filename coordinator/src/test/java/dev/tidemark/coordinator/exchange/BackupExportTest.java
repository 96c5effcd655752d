package dev.tidemark.coordinator.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an export is to other programs, and what becomes of it when something is wrong. */
class BackupExportTest {
    private final InMemoryObjectStore objects = new InMemoryObjectStore();
    private Archive archive;

    @TempDir
    private Path folder;

    @BeforeEach
    void setUp() {
        archive = new Exports().archive(objects, 1);
        SampleArchive.backup(archive.createNamespace(Exports.NAMESPACE), "b-1", contents());
    }

    @Test
    void write_twice_givesTheSameBytes() {
        assertThat(Exports.export(archive, "b-1")).isEqualTo(Exports.export(archive, "b-1"));
    }

    @Test
    void write_anyBackup_canBeReadWithTarAndCheckedWithSha256sum() throws Exception {
        Files.write(folder.resolve("export.tar"), Exports.export(archive, "b-1"));

        assertThat(run("tar -xf export.tar 2>&1")).isEmpty();
        assertThat(run("sha256sum -c --quiet --strict SHA256SUMS 2>&1")).isEmpty();

        Path files = folder.resolve("files/main/n1");
        for (Map.Entry<String, byte[]> file : contents().entrySet()) {
            assertThat(Files.readAllBytes(files.resolve(file.getKey()))).isEqualTo(file.getValue());
        }
        assertThat(run("find . -type f | wc -l").strip())
                .isEqualTo(Integer.toString(contents().size() + 6));
        assertThat(Files.getPosixFilePermissions(files.resolve("CURRENT")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getLastModifiedTime(files.resolve("CURRENT")).toInstant())
                .isEqualTo(SampleArchive.NOW);
        assertThat(Files.readAllBytes(folder.resolve("manifest")))
                .isEqualTo(objects.read(new ObjectKey("ns/orders=2Feu/manifests/b-1")));
    }

    @Test
    void tarHeaders_ofAFileOfMoreThan8GiB_areUnderstoodByTar() throws Exception {
        byte[] headers = TarFormat.headers("files/" + "\u00e4".repeat(120), 9L << 30, 1_000_000, 3);
        Files.write(folder.resolve("export.tar"), headers);

        String listed = run("tar -tvf export.tar --quoting-style=literal 2>/dev/null");

        assertThat(listed).contains(Long.toString(9L << 30)).contains("1970-01-12");
    }

    @Test
    void files_ofAnExport_areThoseOfTheBackup() {
        Map<String, byte[]> files = Exports.files(Exports.export(archive, "b-1"));

        assertThat(files.keySet()).isEqualTo(contents().keySet());
        contents().forEach((path, content) -> assertThat(files.get(path)).isEqualTo(content));
    }

    /** E5: a damaged chunk ends the export, and what was written so far is no export. */
    @Test
    void write_damagedPack_failsAndLeavesNoFile() {
        archive.namespace(Exports.NAMESPACE)
                .forEachKey(
                        "packs/",
                        key -> objects.damage(key, content -> {
                            content[content.length / 2] ^= 1;
                            return content;
                        }));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(
                        () -> ExportFile.write(folder.resolve("export.tar"), target -> export().write("b-1", target)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED));
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> export().write("b-1", stream))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED));

        assertThat(folder).isEmptyDirectory();
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> Exports.files(stream.toByteArray()))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
    }

    @Test
    void exportFile_whole_getsItsNameAndIsForItsOwnerOnly() throws IOException {
        Path file = folder.resolve("export.tar");
        Files.writeString(folder.resolve("export.tar.part"), "left by an export that was killed");

        ExportReport report = ExportFile.write(file, target -> export().write("b-1", target));

        byte[] written = Files.readAllBytes(file);
        assertThat(written).isEqualTo(Exports.export(archive, "b-1"));
        assertThat(report.exportBytes()).isEqualTo(written.length);
        assertThat(report.sha256()).isEqualTo(ExportFormat.sha256(written));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> ExportFile.write(file, target -> export().write("b-1", target)))
                .withMessageContaining("exists");
    }

    private BackupExport export() {
        return new BackupExport(
                archive.namespace(Exports.NAMESPACE), archive.header().verifyingKey(), (done, total, files) -> {});
    }

    private String run(String command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("export", ".out");
        Process process = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output, UTF_8);
    }

    private static Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new TreeMap<>();
        contents.put("CURRENT", "MANIFEST-000004\n".getBytes(UTF_8));
        contents.put("empty", new byte[0]);
        contents.put("sst/000007.sst", SampleArchive.randomBytes(7, 70_000));
        contents.put("sst/\u00fcberl\u00e4nge.sst", SampleArchive.randomBytes(8, 512));
        contents.put("deep/" + "folder-of-a-long-name/".repeat(7) + "x.sst", SampleArchive.randomBytes(9, 3));
        contents.put("odd name *? $(x) 'quoted' \"twice\"", SampleArchive.randomBytes(10, 1));
        return contents;
    }
}
