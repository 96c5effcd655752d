package dev.tidemark.kvs.rocksdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * How to reach the owner of a store, in {@code owner.json}: whoever may read the file may ask for snapshots. It is worth nothing
 * when the lock is not held: the owner of the time may be dead and its port somebody else's.
 *
 * @param pid process id of the owner
 * @param port port on the loopback interface, 1..65535
 * @param token what a caller must present, hexadecimal
 */
record OwnerFile(long pid, int port, String token) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_PORT = 65535;

    /** Never shows the token. */
    @Override
    public String toString() {
        return "OwnerFile[pid=" + pid + ", port=" + port + "]";
    }

    void write(StoreDirectory directory) throws IOException {
        String json = JSON.createObjectNode()
                .put("pid", pid)
                .put("port", port)
                .put("token", token)
                .toString();
        DurableFiles.replace(directory.ownerFile(), json.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns what the file says; empty when it is not there or says something else. */
    static Optional<OwnerFile> read(StoreDirectory directory) throws IOException {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(directory.ownerFile()));
            OwnerFile owner = new OwnerFile(
                    json.path("pid").asLong(),
                    json.path("port").asInt(),
                    json.path("token").asText());
            boolean isUsable = owner.port > 0 && owner.port <= MAX_PORT && !owner.token.isEmpty();
            return isUsable ? Optional.of(owner) : Optional.empty();
        } catch (NoSuchFileException | JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
