package dev.tidemark.kvs.cassandra.node;

import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComponentCheckTest {
    private static final byte[] DATA = "rows and rows".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    private Part part;

    @BeforeEach
    void createSSTable() throws IOException {
        part = new Part("n/accounts", "accounts", directory);
        write("Data.db", DATA);
        write("Index.db", new byte[] {1});
        write("Summary.db", new byte[] {2});
        write("TOC.txt", "Index.db\nData.db\n\nSummary.db\nTOC.txt\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void requireWhole_everythingThere_isFine() throws IOException {
        ComponentCheck.requireWhole(part);
        ComponentCheck.requireIntact(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Data.db", "Index.db", "TOC.txt"})
    void requireWhole_componentMissing_namesIt(String component) throws IOException {
        Files.delete(file(component));

        assertDamaged(() -> ComponentCheck.requireWhole(part), component, "is missing");
    }

    /** Cassandra replaces it by deleting it first, so that a snapshot may lack it. */
    @Test
    void requireWhole_summaryMissing_isFine() throws IOException {
        Files.delete(file("Summary.db"));

        ComponentCheck.requireWhole(part);
    }

    @Test
    void requireWhole_listEmpty_isDamaged() throws IOException {
        write("TOC.txt", new byte[0]);

        assertDamaged(() -> ComponentCheck.requireWhole(part), "TOC.txt", "does not list 'Data.db'");
    }

    @Test
    void requireWhole_secondaryIndexBesides_isNotLookedAt() throws IOException {
        Files.createDirectory(directory.resolve(".by_value"));
        Files.writeString(directory.resolve(".by_value/nb-1-big-Data.db"), "alone");

        ComponentCheck.requireWhole(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crc32", "adler32", "sha1"})
    void requireIntact_digestOfAnyVersion_findsOneFlippedBit(String kind) throws Exception {
        write("Digest." + kind, digest(kind).getBytes(StandardCharsets.US_ASCII));
        ComponentCheck.requireIntact(part);

        byte[] flipped = DATA.clone();
        flipped[5] ^= 0x10;
        write("Data.db", flipped);

        assertDamaged(
                () -> ComponentCheck.requireIntact(part),
                "Data.db",
                "does not have the checksum in 'nb-1-big-Digest." + kind);
    }

    @Test
    void requireIntact_digestFlipped_isDamaged() throws Exception {
        write("Digest.crc32", "1".getBytes(StandardCharsets.US_ASCII));

        assertDamaged(() -> ComponentCheck.requireIntact(part), "Data.db", "does not have the checksum");
    }

    @Test
    void requireIntact_digestOfAnUnknownKind_isNotTakenForIntact() throws Exception {
        write("Digest.md5", "1".getBytes(StandardCharsets.US_ASCII));

        assertDamaged(() -> ComponentCheck.requireIntact(part), "Digest.md5", "is of a kind that is not known");
    }

    private static String digest(String kind) throws Exception {
        if (kind.equals("sha1")) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(DATA)) + " *nb-1-big-Data.db\n";
        }
        Checksum checksum = kind.equals("crc32") ? new CRC32() : new Adler32();
        checksum.update(DATA);
        return Long.toString(checksum.getValue());
    }

    private void write(String component, byte[] content) throws IOException {
        Files.write(file(component), content);
    }

    private Path file(String component) {
        return directory.resolve("nb-1-big-" + component);
    }

    private void assertDamaged(ThrowingCallable call, String component, String what) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(STORE_DAMAGED);
            assertThat(e.getMessage()).startsWith("'" + file(component) + "' " + what);
        });
    }
}
