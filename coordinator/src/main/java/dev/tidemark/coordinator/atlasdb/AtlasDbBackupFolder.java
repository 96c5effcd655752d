package dev.tidemark.coordinator.atlasdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.rewind.ExternalBackup;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transactiontable.SchemaMapJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A folder of AtlasDB's backup service: three files with one JSON number each, {@code immutable.timestamp}, {@code backup.timestamp}
 * and {@code fast-forward.timestamp}, and {@code internal_schema_metadata_state}, a JSON object with the transactions schemas and
 * the last start timestamp that they were decided for. Source: {@code ExternalBackupPersister}, whose reader takes a file that is
 * missing or damaged as "there was none"; this one refuses it, because that would restore with the wrong schema.
 */
public final class AtlasDbBackupFolder {
    private static final String IMMUTABLE = "immutable.timestamp";
    private static final String BACKUP = "backup.timestamp";
    private static final String FAST_FORWARD = "fast-forward.timestamp";
    private static final String SCHEMAS = "internal_schema_metadata_state";
    private static final String VALUE = "value";
    private static final String BOUND = "bound";
    private static final int MAX_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /** Creates access to a folder, whether or not it exists. */
    public AtlasDbBackupFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads the folder.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when a file is missing or holds anything else, or when the
     *     timestamps are not those of one backup
     */
    public ExternalBackup read() {
        long immutable = timestamp(IMMUTABLE);
        long backup = timestamp(BACKUP);
        long fastForward = timestamp(FAST_FORWARD);
        JsonNode state = json(SCHEMAS);
        JsonNode bound = state.path(BOUND);
        if (!bound.isIntegralNumber() || !bound.canConvertToLong()) {
            throw invalid(SCHEMAS, "has no bound", null);
        }
        return new ExternalBackup(
                immutable,
                backup,
                fastForward,
                SchemaMapJson.decode(state.path(VALUE).path(VALUE)),
                bound.longValue());
    }

    /**
     * Writes the folder durably. Files that say the same already stay.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when a file of another backup is in the way, or the folder can't
     *     be written
     */
    public void write(ExternalBackup backup) {
        ObjectNode state = JSON.createObjectNode();
        state.putObject(VALUE).set(VALUE, SchemaMapJson.encode(backup.schemas()));
        state.put(BOUND, backup.schemasBound());
        Map<String, String> files = new LinkedHashMap<>();
        files.put(IMMUTABLE, Long.toString(backup.immutableTimestamp()));
        files.put(BACKUP, Long.toString(backup.backupTimestamp()));
        files.put(FAST_FORWARD, Long.toString(backup.fastForwardTimestamp()));
        files.put(SCHEMAS, state.toString());
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> file : files.entrySet()) {
                requireNoOther(file.getKey(), file.getValue());
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                write(folder.resolve(file.getKey()), file.getValue());
            }
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "folder '" + folder + "' can't be written: " + e,
                    "Name a folder that this user may write.",
                    e);
        }
    }

    private void requireNoOther(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file) && !Files.readString(file).strip().equals(content)) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "file '" + file + "' is of another backup (expected: an empty folder)",
                    "Name another folder; nothing was changed.");
        }
    }

    private static void write(Path file, String content) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private long timestamp(String name) {
        JsonNode number = json(name);
        if (!number.isIntegralNumber() || !number.canConvertToLong()) {
            throw invalid(name, "holds '" + number + "'", null);
        }
        return number.longValue();
    }

    private JsonNode json(String name) {
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw invalid(name, "has " + Files.size(file) + " bytes", null);
            }
            return JSON.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw invalid(name, "does not exist", e);
        } catch (JsonProcessingException e) {
            throw invalid(name, "can't be understood", e);
        } catch (IOException e) {
            throw invalid(name, "can't be read", e);
        }
    }

    private CoordinatorException invalid(String name, String problem, Throwable cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "file '" + folder.resolve(name) + "' " + problem + " (expected: "
                        + (name.equals(SCHEMAS) ? "the transactions schemas and their bound" : "one timestamp") + ")",
                "Name the folder that AtlasDB's backup service has written for the backup, with all four files.",
                cause);
    }
}
