package dev.tidemark.kvs.rocksdb.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.rocksdb.directory.RestoreMark.Phase;
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

    /** Returns the mark on the store. */
    Optional<RestoreMark> mark() throws IOException {
        return read(directory.marker());
    }

    /** Returns the mark on the store when it is that of this restore, whatever its epoch. */
    Optional<RestoreMark> markOf(RestoreId restore) throws IOException {
        return mark().filter(mark -> mark.isOf(restore));
    }

    /** Returns the restore that ended last. */
    Optional<RestoreId> completed() throws IOException {
        return read(directory.restored()).map(RestoreMark::restore);
    }

    /** Tells whether the data are those of this restore, complete or not. */
    boolean isLoadedBy(RestoreId restore) throws IOException {
        if (!directory.hasData()) {
            return false;
        }
        Optional<RestoreMark> mark = mark();
        if (mark.isPresent()) {
            return mark.get().isOf(restore) && mark.get().phase().belongsToRestore();
        }
        return completed().map(RestoreId::id).equals(Optional.of(restore.id()));
    }

    /** Refuses when another restore has marked the store. */
    void requireNoOther(RestoreId restore) throws IOException {
        Optional<RestoreMark> mark = mark();
        if (mark.isPresent() && !mark.get().isOf(restore)) {
            throw incomplete(mark.get().restore().id());
        }
    }

    /** Refuses unless the data are those of this restore. */
    void requireLoadedBy(RestoreId restore) throws IOException {
        requireNoOther(restore);
        if (!isLoadedBy(restore)) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "restore '" + restore + "' has not loaded its files into store '" + directory + "'",
                    "Run 'tidemark resume " + restore + "'.");
        }
    }

    /** Returns the error for a store that is in the hands of the restore with this id. */
    KeyValueStoreException incomplete(String id) {
        return new KeyValueStoreException(
                ErrorCode.RESTORE_INCOMPLETE,
                "store '" + directory + "' is being restored by '" + id + "', which has not ended",
                "Run 'tidemark resume " + id + "'.");
    }

    void writeMark(RestoreMark mark) throws IOException {
        write(directory.marker(), mark);
    }

    void writeCompleted(RestoreId restore) throws IOException {
        write(directory.restored(), new RestoreMark(restore, Phase.LOAD));
    }

    void removeMark() throws IOException {
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

    /** A plain load has no phase, so that its mark reads as it always did. */
    private static void write(Path file, RestoreMark mark) throws IOException {
        ObjectNode json = JSON.createObjectNode()
                .put("id", mark.restore().id())
                .put("epoch", mark.restore().epoch());
        if (mark.phase() != Phase.LOAD) {
            json.put("phase", mark.phase().toString());
        }
        if (!mark.safetyCopy().isEmpty()) {
            json.put("safetyCopy", mark.safetyCopy());
        }
        DurableFiles.replace(file, json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<RestoreMark> read(Path file) throws IOException {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            RestoreId restore =
                    new RestoreId(json.path("id").asText(), json.path("epoch").asLong());
            Phase phase = json.has("phase") ? Phase.parse(json.path("phase").asText()) : Phase.LOAD;
            boolean isKnown = phase != Phase.UNKNOWN;
            return Optional.of(new RestoreMark(
                    restore, phase, isKnown ? json.path("safetyCopy").asText() : ""));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "'" + file + "' can't be read (expected: id, epoch and phase of a restore)",
                    "Restore the store again into an empty directory.",
                    e);
        }
    }
}
