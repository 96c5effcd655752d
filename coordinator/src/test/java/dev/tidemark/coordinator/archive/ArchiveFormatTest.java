package dev.tidemark.coordinator.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Format version 1 to the byte: an archive written with fixed seeds is checked in. It is written again and compared, read with
 * the production code, and read a second time with nothing but docs/archive-format.rst at hand. {@code -Dgolden.update=true}
 * writes the fixture anew; that is a change of the format, or of the compressor.
 */
class ArchiveFormatTest {
    private static final Path FIXTURE = Path.of("src/test/resources/archive-format-1");
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final HexFormat HEX = HexFormat.of();

    @TempDir
    private Path folder;

    @Test
    void write_withFixedSeeds_givesTheBytesOfTheFixture() throws IOException {
        boolean isUpdate = Boolean.getBoolean("golden.update");
        Path target = isUpdate ? FIXTURE : folder.resolve("archive");
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
        assertThat(archive.manifests().backupIds()).containsExactly("b-1", "b-2");
        assertThat(new String(archive.documents().read(archive.key("journal/op/00000001")), UTF_8))
                .isEqualTo("{\"step\":\"hold\"}");
    }

    @Test
    void read_byTheDocumentAlone_givesTheFiles() throws Exception {
        JsonNode header = json("tidemark-archive.json");
        byte[] archiveId = HEX.parseHex(header.get("archiveId").asText());
        byte[] masterKey = masterKey(header);
        assertMac(header, masterKey, archiveId);
        byte[] dataKey = dataKey(masterKey, archiveId);
        JsonNode manifest = verifiedManifest(header, "ns/orders=2Feu/manifests/b-2");
        JsonNode part = manifest.at("/stores/0/nodes/0/fileList/parts/0");
        String listName = "ns/orders=2Feu/lists/" + part.get("object").asText();
        byte[] list = Files.readAllBytes(FIXTURE.resolve(listName));
        assertThat(HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(list)))
                .isEqualTo(part.get("sha256").asText());
        Map<String, byte[]> chunks = chunks(dataKey, archiveId);

        ByteBuffer entries = ByteBuffer.wrap(unpack(open(dataKey, archiveId, 4, listName, list)));

        Map<String, byte[]> files = new TreeMap<>();
        while (entries.hasRemaining()) {
            String path = new String(bytes(entries, entries.getInt()), UTF_8);
            byte[] content = new byte[(int) entries.getLong()];
            assertThat(new String(bytes(entries, entries.getInt()), UTF_8)).isEqualTo("id-" + path);
            byte[] sha256 = bytes(entries, 32);
            ByteBuffer target = ByteBuffer.wrap(content);
            for (int left = entries.getInt(); left > 0; left--) {
                target.put(chunks.get(HEX.formatHex(bytes(entries, 32))));
            }
            assertThat(MessageDigest.getInstance("SHA-256").digest(content)).isEqualTo(sha256);
            files.put(path, content);
        }
        assertThat(files.keySet()).isEqualTo(contents().keySet());
        contents().forEach((path, content) -> assertThat(files.get(path)).isEqualTo(content));
    }

    private static void write(ObjectStore store) {
        Archive archive =
                Archive.create(store, ArchiveKey.passphrase(PASSPHRASE.toCharArray()), SampleArchive.seams(20_261_105));
        NamespaceArchive namespace = archive.createNamespace("orders/eu");
        namespace.documents().create(namespace.key("journal/op/00000001"), "{\"step\":\"hold\"}".getBytes(UTF_8));
        SampleArchive.backup(namespace, "b-1", Map.of("CURRENT", "MANIFEST-000004\n".getBytes(UTF_8)));
        SampleArchive.backup(namespace, "b-2", contents());
        namespace.manifests().abandon("b-3");
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

    // What follows repeats docs/archive-format.rst and uses nothing of the production code.

    private static byte[] masterKey(JsonNode header) throws IOException, GeneralSecurityException {
        Path slotFile;
        try (Stream<Path> slots = Files.list(FIXTURE.resolve("keys/master"))) {
            slotFile = slots.findFirst().orElseThrow();
        }
        JsonNode slot = new ObjectMapper().readTree(Files.readAllBytes(slotFile));
        byte[] salt = base64(slot.get("salt"));
        int iterations = slot.get("iterations").asInt();
        byte[] wrappingKey = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                .generateSecret(new PBEKeySpec(PASSPHRASE.toCharArray(), salt, iterations, 256))
                .getEncoded();
        byte[] additionalData = join(
                text("tidemark master key slot"),
                u32(1),
                text(header.get("archiveId").asText()),
                text(slot.get("slot").asText()),
                text("passphrase"),
                u32(iterations),
                u32(32),
                salt);
        return unwrap(wrappingKey, additionalData, slot.get("masterKey"));
    }

    private static void assertMac(JsonNode header, byte[] masterKey, byte[] archiveId) throws GeneralSecurityException {
        byte[] fields = join(
                text("tidemark archive header"),
                u32(1),
                text(header.get("archiveId").asText()),
                text(header.get("createdAt").asText()),
                u32(header.get("chunkSizeBytes").asInt()),
                u32(header.get("probe").size()));
        for (JsonNode check : header.get("probe")) {
            fields = join(fields, text(check.asText()));
        }
        fields = join(
                fields,
                text(header.get("signingKeyId").asText()),
                text(header.get("signingPublicKey").asText()),
                text(header.at("/signingPrivateKey/nonce").asText()),
                text(header.at("/signingPrivateKey/ciphertext").asText()));
        assertThat(hmac(hkdf(masterKey, archiveId, "tidemark header".getBytes(US_ASCII)), fields))
                .isEqualTo(base64(header.get("mac")));
    }

    private static byte[] dataKey(byte[] masterKey, byte[] archiveId) throws IOException, GeneralSecurityException {
        JsonNode key = json("ns/orders=2Feu/keys/00000001.json");
        byte[] purpose = join(text("orders/eu"), u32(1));
        byte[] additionalData = join(text("tidemark namespace key"), archiveId, u32(purpose.length), purpose);
        byte[] wrappingKey = hkdf(masterKey, archiveId, "tidemark namespace key".getBytes(US_ASCII));
        return unwrap(wrappingKey, additionalData, key.get("dataKey"));
    }

    private static JsonNode verifiedManifest(JsonNode header, String name)
            throws IOException, GeneralSecurityException {
        byte[] content = Files.readAllBytes(FIXTURE.resolve(name));
        int end = new String(content, US_ASCII).indexOf('\n');
        String[] line = new String(content, 0, end, US_ASCII).split(" ", -1);
        byte[] payload = Arrays.copyOfRange(content, end + 1, content.length);
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(base64(header.get("signingPublicKey")))));
        signature.update(join(
                text("tidemark signed document"),
                text("tidemark-manifest"),
                u32(1),
                text(name),
                u32(payload.length),
                payload));
        assertThat(line)
                .startsWith(
                        "tidemark-manifest",
                        "1",
                        "ed25519",
                        header.get("signingKeyId").asText());
        assertThat(signature.verify(Base64.getDecoder().decode(line[4]))).isTrue();
        return new ObjectMapper().readTree(payload);
    }

    private static Map<String, byte[]> chunks(byte[] dataKey, byte[] archiveId)
            throws IOException, GeneralSecurityException {
        byte[] idKey = hkdf(dataKey, archiveId, "tidemark chunk id".getBytes(US_ASCII));
        Map<String, byte[]> chunks = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : files(FIXTURE).entrySet()) {
            if (!file.getKey().startsWith("ns/orders=2Feu/packs/")) {
                continue;
            }
            ByteBuffer pack = ByteBuffer.wrap(file.getValue());
            int tableLength = pack.getInt(pack.limit() - 8);
            byte[] sealed = Arrays.copyOfRange(pack.array(), pack.limit() - 8 - tableLength, pack.limit() - 8);
            ByteBuffer table = ByteBuffer.wrap(open(dataKey, archiveId, 2, file.getKey(), sealed));
            for (int left = table.getInt(); left > 0; left--) {
                String id = HEX.formatHex(bytes(table, 32));
                byte[] stored = new byte[pack.position(table.getInt()).remaining()];
                pack.get(stored);
                stored = Arrays.copyOf(stored, table.getInt());
                byte[] frames = Arrays.copyOfRange(stored, 16, stored.length);
                byte[] salt = Arrays.copyOf(stored, 16);
                byte[] content = unpack(openFrames(dataKey, archiveId, 1, 1, salt, "chunk/" + id, frames));
                assertThat(content).hasSize(table.getInt());
                assertThat(HEX.formatHex(hmac(idKey, content))).isEqualTo(id);
                chunks.put(id, content);
            }
            assertThat(table.hasRemaining()).isFalse();
        }
        return chunks;
    }

    private static byte[] open(byte[] dataKey, byte[] archiveId, int type, String name, byte[] sealed)
            throws GeneralSecurityException {
        ByteBuffer header = ByteBuffer.wrap(sealed);
        assertThat(bytes(header, 8)).isEqualTo(new byte[] {'T', 'D', 'M', 'K', 1, (byte) type, 0, 0});
        int keyId = header.getInt();
        byte[] salt = bytes(header, 16);
        return openFrames(dataKey, archiveId, type, keyId, salt, name, bytes(header, header.remaining()));
    }

    private static byte[] openFrames(
            byte[] dataKey, byte[] archiveId, int type, int keyId, byte[] salt, String name, byte[] frames)
            throws GeneralSecurityException {
        byte[] key = hkdf(dataKey, salt, join("tidemark object".getBytes(US_ASCII), new byte[] {(byte) type}));
        byte[] common = join(
                "tidemark object".getBytes(US_ASCII),
                new byte[] {1, (byte) type},
                u32(keyId),
                archiveId,
                text("orders/eu"),
                text(name));
        byte[] plaintext = new byte[0];
        for (int frame = 0, offset = 0; offset < frames.length; frame++, offset += 65_552) {
            int end = Math.min(frames.length, offset + 65_552);
            byte isLast = (byte) (end == frames.length ? 1 : 0);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(frame).array();
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
            cipher.updateAAD(join(
                    common, ByteBuffer.allocate(9).putLong(frame).put(isLast).array()));
            plaintext = join(plaintext, cipher.doFinal(frames, offset, end - offset));
        }
        return plaintext;
    }

    private static byte[] unpack(byte[] packed) {
        byte[] content = Arrays.copyOfRange(packed, 5, packed.length);
        int length = ByteBuffer.wrap(packed, 1, 4).getInt();
        return packed[0] == 0 ? content : Zstd.decompress(content, length);
    }

    private static byte[] unwrap(byte[] key, byte[] additionalData, JsonNode wrapped) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        GCMParameterSpec nonce = new GCMParameterSpec(128, base64(wrapped.get("nonce")));
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), nonce);
        cipher.updateAAD(additionalData);
        return cipher.doFinal(base64(wrapped.get("ciphertext")));
    }

    private static byte[] hkdf(byte[] key, byte[] salt, byte[] info) throws GeneralSecurityException {
        return hmac(hmac(salt, key), join(info, new byte[] {1}));
    }

    private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(content);
    }

    private static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(FIXTURE.resolve(name)));
    }

    private static byte[] base64(JsonNode text) {
        return Base64.getDecoder().decode(text.asText());
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return join(u32(bytes.length), bytes);
    }

    private static byte[] u32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] bytes(ByteBuffer source, int length) {
        byte[] bytes = new byte[length];
        source.get(bytes);
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                List.of(parts).stream().mapToInt(part -> part.length).sum());
        List.of(parts).forEach(joined::put);
        return joined.array();
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
