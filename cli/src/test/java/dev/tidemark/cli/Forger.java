package dev.tidemark.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.coordinator.archive.ArchiveHeader;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.JsonObjects;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.KeySlot;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.NamespaceKey;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.key.SlotSecrets;
import dev.tidemark.coordinator.archive.key.WriterKey;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.sealed.DataKeys;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Somebody who has the key of an archive and writes what no backup would: documents that are sealed and signed as they must
 * be and say something else.
 */
final class Forger {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Installation installation;
    private final SigningKey signingKey;
    private final Sealer sealer;

    Forger(Installation installation) throws IOException, GeneralSecurityException {
        this.installation = installation;
        ArchiveHeader header = read("tidemark-archive.json", ArchiveHeader.class);
        KeySlot slot =
                read(installation.key(installation.objects("keys/master/").get(0)), KeySlot.class);
        SlotSecrets secrets = slot.open(ArchiveKey.keyFile(Files.readAllBytes(installation.resolve("key"))))
                .orElseThrow();
        ObjectId archiveId = ObjectId.parse(header.archiveId());
        MasterKey masterKey = new MasterKey(secrets.masterKey(), archiveId);
        byte[] publicKey = Base64Text.decode(header.signingPublicKey());
        byte[] privateKey = new WriterKey(secrets.writerKey().orElseThrow(), archiveId)
                .unwrap(publicKey, header.signingPrivateKey())
                .orElseThrow();
        signingKey = SigningKey.of(privateKey, header.verifyingKey());
        NamespaceKey key = read("ns/bank/keys/00000001.json", NamespaceKey.class);
        TreeMap<Integer, byte[]> keys = new TreeMap<>();
        keys.put(
                key.keyId(),
                masterKey
                        .unwrap(MasterKey.Purpose.namespace("bank", key.keyId()), key.dataKey())
                        .orElseThrow());
        sealer = new Sealer(
                new DataKeys(
                        archiveId,
                        "bank",
                        masterKey.recordsKey("bank"),
                        keys,
                        (keyId, object) -> FormatErrors.damaged(object, "it needs key " + keyId)),
                new Random(1));
    }

    /** Changes what a manifest says and signs it again. */
    void editManifest(String backupId, Consumer<ObjectNode> edit) throws IOException {
        String key = "ns/bank/manifests/" + backupId;
        byte[] content = Files.readAllBytes(file(key));
        int lineEnd = new String(content, StandardCharsets.ISO_8859_1).indexOf('\n');
        ObjectNode manifest = (ObjectNode) JSON.readTree(Arrays.copyOfRange(content, lineEnd + 1, content.length));
        edit.accept(manifest);
        byte[] payload = JSON.writeValueAsBytes(manifest);
        byte[] message = new ByteFields()
                .text("tidemark signed document")
                .text("tidemark-manifest")
                .u32(1)
                .text(key)
                .bytes(payload)
                .toArray();
        String line = "tidemark-manifest 1 ed25519 " + signingKey.verifyingKey().id() + " "
                + Base64Text.encode(signingKey.sign(message)) + "\n";
        Files.write(
                file(key),
                new ByteFields()
                        .raw(line.getBytes(StandardCharsets.US_ASCII))
                        .raw(payload)
                        .toArray());
    }

    /** Gives a backup a file list of empty files with these paths, and a manifest that names it. */
    void replaceFileList(String backupId, List<String> paths) throws IOException, GeneralSecurityException {
        ByteFields entries = new ByteFields();
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(new byte[0]);
        for (String path : paths) {
            entries.text(path).u64(0).text("identity").raw(sha256).u32(0);
        }
        String object = "0123456789abcdef".repeat(2);
        String key = "ns/bank/lists/" + object;
        byte[] sealed = sealer.seal(ObjectType.FILE_LIST, key, Compression.pack(entries.toArray()));
        Files.write(file(key), sealed);
        editManifest(backupId, manifest -> {
            ObjectNode node = (ObjectNode) manifest.at("/stores/0/nodes/0");
            node.put("files", paths.size()).put("bytes", 0);
            ArrayNode parts = ((ObjectNode) node.get("fileList")).putArray("parts");
            parts.addObject()
                    .put("object", object)
                    .put("sha256", hash(sealed))
                    .put("sizeBytes", sealed.length)
                    .put("entries", paths.size())
                    .put("firstPath", "CURRENT")
                    .put("lastPath", "CURRENT");
        });
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path file(String key) {
        return installation.resolve("archive/" + key);
    }

    private <T> T read(String key, Class<T> type) throws IOException {
        return JsonObjects.decode(Files.readAllBytes(file(key)), type, 1, key);
    }
}
