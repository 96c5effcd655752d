package dev.tidemark.coordinator.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads an archive of format version 1 with one passphrase slot and one namespace as docs/archive-format.rst says, and uses
 * nothing of the production code.
 */
final class IndependentReader {
    private static final HexFormat HEX = HexFormat.of();
    private static final String OBJECT = "tidemark object";

    private final Path root;
    private final String passphrase;
    private final String namespace;
    private final String folder;
    private final JsonNode header;
    private final byte[] archiveId;
    private final byte[] dataKey;

    /**
     * Opens an archive.
     *
     * @param folder of the namespace, {@code ns/NS/}
     */
    IndependentReader(Path root, String passphrase, String namespace, String folder) throws Exception {
        this.root = root;
        this.passphrase = passphrase;
        this.namespace = namespace;
        this.folder = folder;
        header = json("tidemark-archive.json");
        archiveId = HEX.parseHex(header.get("archiveId").asText());
        assertThat(mac()).isEqualTo(base64(header.get("mac")));
        assertThat(slotMac()).isEqualTo(base64(slot().get("mac")));
        assertThat(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(privateKey())))
                .isNotNull();
        dataKey = unwrap(
                namespaceWrappingKey(),
                namespaceAdditionalData(),
                json(folder + "keys/00000001.json").get("dataKey"));
    }

    byte[] wrappingKey() throws Exception {
        JsonNode slot = slot();
        PBEKeySpec spec = new PBEKeySpec(
                passphrase.toCharArray(),
                base64(slot.get("salt")),
                slot.get("iterations").asInt(),
                256);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                .generateSecret(spec)
                .getEncoded();
    }

    byte[] slotAdditionalData() throws IOException {
        JsonNode slot = slot();
        return join(
                text("tidemark key slot"),
                u32(1),
                text(header.get("archiveId").asText()),
                text(slot.get("slot").asText()),
                text(slot.get("label").asText()),
                text(slot.get("createdAt").asText()),
                text(slot.get("role").asText()),
                text(slot.get("kind").asText()),
                u32(slot.get("iterations").asInt()),
                lengthAnd(base64(slot.get("salt"))),
                text(slot.get("serviceKey").asText()),
                lengthAnd(base64(slot.get("serviceCiphertext"))));
    }

    /** Returns the master key and the writer key. */
    byte[] slotSecret() throws Exception {
        return unwrap(wrappingKey(), slotAdditionalData(), slot().get("secret"));
    }

    byte[] masterKey() throws Exception {
        return Arrays.copyOf(slotSecret(), 32);
    }

    byte[] slotMac() throws Exception {
        byte[] key = hkdf(masterKey(), archiveId, "tidemark key slot".getBytes(US_ASCII));
        return hmac(
                key,
                join(
                        slotAdditionalData(),
                        text(slot().at("/secret/nonce").asText()),
                        text(slot().at("/secret/ciphertext").asText())));
    }

    byte[] signingWrappingKey() throws Exception {
        return hkdf(Arrays.copyOfRange(slotSecret(), 32, 64), archiveId, "tidemark signing key".getBytes(US_ASCII));
    }

    /** Returns the private key that signs, in PKCS #8. */
    byte[] privateKey() throws Exception {
        byte[] additionalData = join(text("tidemark signing key"), archiveId, lengthAnd(publicKey()));
        return unwrap(signingWrappingKey(), additionalData, header.get("signingPrivateKey"));
    }

    byte[] recordsKey() throws Exception {
        return hkdf(masterKey(), archiveId, join("tidemark records".getBytes(US_ASCII), text(namespace)));
    }

    byte[] macKey() throws Exception {
        return hkdf(masterKey(), archiveId, "tidemark header".getBytes(US_ASCII));
    }

    byte[] macMessage() {
        byte[] fields = join(
                text("tidemark archive header"),
                u32(header.get("format").asInt()),
                text(header.get("archiveId").asText()),
                text(header.get("createdAt").asText()),
                u32(header.get("chunkSizeBytes").asInt()),
                u32(header.get("probe").size()));
        for (JsonNode check : header.get("probe")) {
            fields = join(fields, text(check.asText()));
        }
        return join(
                fields,
                text(header.get("signingKeyId").asText()),
                text(header.get("signingPublicKey").asText()),
                text(header.at("/signingPrivateKey/nonce").asText()),
                text(header.at("/signingPrivateKey/ciphertext").asText()));
    }

    byte[] mac() throws Exception {
        return hmac(macKey(), macMessage());
    }

    byte[] namespaceWrappingKey() throws Exception {
        return hkdf(masterKey(), archiveId, "tidemark namespace key".getBytes(US_ASCII));
    }

    byte[] namespaceAdditionalData() {
        return join(text("tidemark namespace key"), archiveId, lengthAnd(join(text(namespace), u32(1))));
    }

    byte[] dataKey() {
        return dataKey.clone();
    }

    byte[] chunkIdKey() throws GeneralSecurityException {
        return hkdf(dataKey, archiveId, "tidemark chunk id".getBytes(US_ASCII));
    }

    byte[] publicKey() {
        return base64(header.get("signingPublicKey"));
    }

    /** Returns the object that a name below the namespace's folder stands for. */
    byte[] object(String name) throws IOException {
        return Files.readAllBytes(root.resolve(folder + name));
    }

    byte[] signedMessage(String name) throws IOException {
        return signedMessage(folder + name, object(name));
    }

    private static byte[] signedMessage(String fullName, byte[] content) {
        int end = new String(content, US_ASCII).indexOf('\n');
        String[] line = new String(content, 0, end, US_ASCII).split(" ", -1);
        return join(
                text("tidemark signed document"),
                text(line[0]),
                u32(Integer.parseInt(line[1])),
                text(fullName),
                lengthAnd(Arrays.copyOfRange(content, end + 1, content.length)));
    }

    /** Returns the signature of a manifest or of the mark of an abandoned one, after it was verified. */
    byte[] signature(String name, String kind) throws Exception {
        return signature(folder + name, object(name), kind);
    }

    private byte[] signature(String fullName, byte[] object, String kind) throws Exception {
        String content = new String(object, US_ASCII);
        String[] line = content.substring(0, content.indexOf('\n')).split(" ", -1);
        assertThat(line)
                .startsWith(kind, "1", "ed25519", header.get("signingKeyId").asText());
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(publicKey())));
        verifier.update(signedMessage(fullName, object));
        byte[] signature = Base64.getDecoder().decode(line[4]);
        assertThat(verifier.verify(signature)).isTrue();
        return signature;
    }

    JsonNode manifest(String backupId) throws Exception {
        signature("manifests/" + backupId, "tidemark-manifest");
        byte[] content = object("manifests/" + backupId);
        int end = new String(content, US_ASCII).indexOf('\n');
        return new ObjectMapper().readTree(Arrays.copyOfRange(content, end + 1, content.length));
    }

    /** Returns the entries of the audit log, after signatures and chain were verified. */
    List<JsonNode> audit() throws Exception {
        List<JsonNode> entries = new ArrayList<>();
        String previous = "0".repeat(64);
        for (int number = 1; Files.exists(root.resolve(auditName(number))); number++) {
            byte[] object = Files.readAllBytes(root.resolve(auditName(number)));
            signature(auditName(number), object, "tidemark-audit");
            int end = new String(object, US_ASCII).indexOf('\n');
            JsonNode entry = new ObjectMapper().readTree(Arrays.copyOfRange(object, end + 1, object.length));
            assertThat(entry.get("formatVersion").asInt()).isEqualTo(1);
            assertThat(entry.get("archiveId")).isEqualTo(header.get("archiveId"));
            assertThat(entry.get("sequence").asInt()).isEqualTo(number);
            assertThat(entry.get("previous").asText()).isEqualTo(previous);
            previous = HEX.formatHex(sha256(object));
            entries.add(entry);
        }
        return entries;
    }

    private static String auditName(int number) {
        return String.format("audit/%08d/%012d", (number - 1) / 1000, number);
    }

    /** Returns the content of every file in the first part of the first node's list of a backup. */
    Map<String, byte[]> files(String backupId) throws Exception {
        JsonNode part = manifest(backupId).at("/stores/0/nodes/0/fileList/parts/0");
        String name = "lists/" + part.get("object").asText();
        assertThat(HEX.formatHex(sha256(object(name))))
                .isEqualTo(part.get("sha256").asText());
        Map<String, byte[]> chunks = chunks();
        ByteBuffer entries = ByteBuffer.wrap(unpack(open(4, name)));
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
            assertThat(sha256(content)).isEqualTo(sha256);
            files.put(path, content);
        }
        return files;
    }

    /** Opens a sealed object of the namespace. */
    byte[] open(int type, String name) throws Exception {
        return open(type, name, object(name));
    }

    /** Returns the key of a sealed object. */
    byte[] objectKey(int type, String name) throws Exception {
        return objectKey(type, Arrays.copyOfRange(object(name), 12, 28));
    }

    /** Returns the additional data of a frame of an object that was written with data key 1, or of a record. */
    byte[] frameAdditionalData(int type, String fullName, long frame, boolean isLast) {
        return join(
                OBJECT.getBytes(US_ASCII),
                new byte[] {1, (byte) type},
                u32(keyId(type)),
                archiveId,
                text(namespace),
                text(fullName),
                ByteBuffer.allocate(9)
                        .putLong(frame)
                        .put((byte) (isLast ? 1 : 0))
                        .array());
    }

    /** Returns the packed content of the chunk that begins at an offset of a pack. */
    byte[] openChunk(String pack, int offset, int length, String id) throws Exception {
        byte[] stored = Arrays.copyOfRange(object(pack), offset, offset + length);
        byte[] salt = Arrays.copyOf(stored, 16);
        return openFrames(1, salt, "chunk/" + id, Arrays.copyOfRange(stored, 16, length));
    }

    static byte[] unpack(byte[] packed) {
        byte[] content = Arrays.copyOfRange(packed, 5, packed.length);
        int length = ByteBuffer.wrap(packed, 1, 4).getInt();
        return packed[0] == 0 ? content : Zstd.decompress(content, length);
    }

    static byte[] sha256(byte[] content) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(content);
    }

    private Map<String, byte[]> chunks() throws Exception {
        Map<String, byte[]> chunks = new TreeMap<>();
        List<Path> packs;
        try (Stream<Path> paths = Files.walk(root.resolve(folder + "packs"))) {
            packs = paths.filter(Files::isRegularFile).toList();
        }
        for (Path path : packs) {
            String name = root.resolve(folder).relativize(path).toString();
            byte[] pack = object(name);
            int tableEnd = pack.length - 8;
            int tableLength = ByteBuffer.wrap(pack, tableEnd, 4).getInt();
            byte[] sealed = Arrays.copyOfRange(pack, tableEnd - tableLength, tableEnd);
            ByteBuffer table = ByteBuffer.wrap(open(2, name, sealed));
            for (int left = table.getInt(); left > 0; left--) {
                String id = HEX.formatHex(bytes(table, 32));
                byte[] content = unpack(openChunk(name, table.getInt(), table.getInt(), id));
                assertThat(content).hasSize(table.getInt());
                assertThat(HEX.formatHex(hmac(chunkIdKey(), content))).isEqualTo(id);
                chunks.put(id, content);
            }
            assertThat(table.hasRemaining()).isFalse();
        }
        return chunks;
    }

    private byte[] open(int type, String name, byte[] sealed) throws Exception {
        ByteBuffer header = ByteBuffer.wrap(sealed);
        assertThat(bytes(header, 12))
                .isEqualTo(join("TDMK".getBytes(US_ASCII), new byte[] {1, (byte) type, 0, 0}, u32(keyId(type))));
        return openFrames(type, bytes(header, 16), folder + name, bytes(header, header.remaining()));
    }

    private static int keyId(int type) {
        return type == 5 ? 0 : 1;
    }

    private byte[] objectKey(int type, byte[] salt) throws Exception {
        return hkdf(
                type == 5 ? recordsKey() : dataKey, salt, join(OBJECT.getBytes(US_ASCII), new byte[] {(byte) type}));
    }

    private byte[] openFrames(int type, byte[] salt, String fullName, byte[] frames) throws Exception {
        byte[] plaintext = new byte[0];
        for (int frame = 0, offset = 0; offset < frames.length; frame++, offset += 65_552) {
            int end = Math.min(frames.length, offset + 65_552);
            byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(frame).array();
            byte[] additionalData = frameAdditionalData(type, fullName, frame, end == frames.length);
            Cipher cipher = decrypting(objectKey(type, salt), nonce, additionalData);
            plaintext = join(plaintext, cipher.doFinal(frames, offset, end - offset));
        }
        return plaintext;
    }

    private JsonNode slot() throws IOException {
        try (Stream<Path> slots = Files.list(root.resolve("keys/master"))) {
            return new ObjectMapper()
                    .readTree(Files.readAllBytes(slots.findFirst().orElseThrow()));
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(root.resolve(name)));
    }

    private static byte[] unwrap(byte[] key, byte[] additionalData, JsonNode wrapped) throws GeneralSecurityException {
        return decrypting(key, base64(wrapped.get("nonce")), additionalData).doFinal(base64(wrapped.get("ciphertext")));
    }

    private static Cipher decrypting(byte[] key, byte[] nonce, byte[] additionalData) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(additionalData);
        return cipher;
    }

    private static byte[] hkdf(byte[] key, byte[] salt, byte[] info) throws GeneralSecurityException {
        return hmac(hmac(salt, key), join(info, new byte[] {1}));
    }

    private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(content);
    }

    private static byte[] base64(JsonNode text) {
        return Base64.getDecoder().decode(text.asText());
    }

    private static byte[] text(String text) {
        return lengthAnd(text.getBytes(UTF_8));
    }

    private static byte[] lengthAnd(byte[] bytes) {
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
}
