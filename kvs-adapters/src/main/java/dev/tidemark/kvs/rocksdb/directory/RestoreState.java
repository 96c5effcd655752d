package dev.tidemark.kvs.rocksdb.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RestoreId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a directory remembers of restores: the mark of the one that has not ended, the one that ended last, and the greatest
 * epoch that was seen.
 *
 * <p>Each epoch is an empty file of its own, and the greatest one counts. So two coordinators never overwrite each other's
 * epoch, and no lock is needed: a file is created, then all are listed; of two that do so at the same time, the one with the
 * lower epoch finds the other's file, at the latest with its next call. Thread-safe.
 */
final class RestoreState {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EPOCH_PREFIX = ".epoch-";

    private final StoreDirectory directory;

    RestoreState(StoreDirectory directory) {
        this.directory = directory;
    }

    /** Returns the restore that has marked the store. */
    Optional<RestoreId> marker() throws IOException {
        return read(directory.marker());
    }

    /** Returns the restore that ended last. */
    Optional<RestoreId> completed() throws IOException {
        return read(directory.restored());
    }

    void writeMarker(RestoreId restore) throws IOException {
        write(directory.marker(), restore);
    }

    void writeCompleted(RestoreId restore) throws IOException {
        write(directory.restored(), restore);
    }

    void removeMarker() throws IOException {
        if (Files.deleteIfExists(directory.marker())) {
            DurableFiles.syncDirectory(directory.root());
        }
    }

    /** Refuses a restore when one with a greater epoch was seen. */
    void check(RestoreId restore) throws IOException {
        long greatest = greatestEpoch();
        if (greatest > restore.epoch()) {
            throw new KeyValueStoreException(
                    ErrorCode.FENCED_OUT,
                    "restore '" + restore + "' with epoch " + restore.epoch() + " was overtaken by epoch " + greatest
                            + " on store '" + directory + "'",
                    "Let the process that took over finish, or run 'tidemark operations' to find it.");
        }
    }

    /** Records the epoch durably and refuses the restore when a greater one was seen. */
    void admit(RestoreId restore) throws IOException {
        check(restore);
        DurableFiles.createDirectories(directory.restores());
        try {
            Files.createFile(directory.restores().resolve(EPOCH_PREFIX + restore.epoch()));
            DurableFiles.syncDirectory(directory.restores());
            DurableFiles.syncDirectory(directory.root());
        } catch (FileAlreadyExistsException e) {
            return;
        }
        check(restore);
        removeEpochsBelow(restore.epoch());
    }

    private void removeEpochsBelow(long epoch) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.restores(), EPOCH_PREFIX + "*")) {
            for (Path file : files) {
                if (epochOf(file) < epoch) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private long greatestEpoch() throws IOException {
        long greatest = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.restores(), EPOCH_PREFIX + "*")) {
            for (Path file : files) {
                greatest = Math.max(greatest, epochOf(file));
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return greatest;
    }

    private static long epochOf(Path file) {
        try {
            return Long.parseLong(file.getFileName().toString().substring(EPOCH_PREFIX.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void write(Path file, RestoreId restore) throws IOException {
        String json = JSON.createObjectNode()
                .put("id", restore.id())
                .put("epoch", restore.epoch())
                .toString();
        DurableFiles.replace(file, json.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<RestoreId> read(Path file) throws IOException {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            return Optional.of(
                    new RestoreId(json.path("id").asText(), json.path("epoch").asLong()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "'" + file + "' can't be read (expected: id and epoch of a restore)",
                    "Restore the store again into an empty directory.",
                    e);
        }
    }
}
