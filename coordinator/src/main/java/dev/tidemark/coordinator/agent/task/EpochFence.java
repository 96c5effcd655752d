package dev.tidemark.coordinator.agent.task;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The greatest fencing epoch that was seen of each namespace, in a small file. Epochs come from the lock in an archive, so that those
 * of two archives have nothing to do with each other. Thread-safe.
 */
public final class EpochFence {
    /** Most namespaces of one agent. A node's data belong to one; more come from restores into other namespaces. */
    static final int MAX_NAMESPACES = 1_000;

    private static final String FILE = "epochs.json";
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    /** What the file holds. */
    private final Map<String, Long> epochs;

    private EpochFence(Path file, Map<String, Long> epochs) {
        this.file = file;
        this.epochs = epochs;
    }

    /**
     * Reads the epochs.
     *
     * @param directory where the file is; created when it is missing
     * @throws CoordinatorException {@link ErrorCode#STORE_DAMAGED} when the file can't be understood,
     *     {@link ErrorCode#STORE_UNAVAILABLE} when it can't be read
     */
    public static EpochFence open(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            DurableFiles.createDirectories(directory);
            return new EpochFence(file, Files.exists(file) ? read(file) : new TreeMap<>());
        } catch (IOException e) {
            throw unavailable(file, e);
        }
    }

    private static Map<String, Long> read(Path file) throws IOException {
        byte[] content = Files.size(file) > MAX_FILE_BYTES ? new byte[0] : Files.readAllBytes(file);
        try {
            Map<String, Long> epochs = JSON.readValue(content, new TypeReference<TreeMap<String, Long>>() {});
            if (epochs != null && !epochs.containsValue(null)) {
                return epochs;
            }
        } catch (IOException e) {
            throw damaged(file, e);
        }
        throw damaged(file, null);
    }

    /**
     * Lets a request pass whose epoch is not below the greatest one that was seen; a greater one is durable before it passes.
     *
     * @throws CoordinatorException {@link ErrorCode#FENCED_OUT} when a greater one was seen
     */
    public synchronized void pass(OperationEpoch operation) {
        String key = operation.archiveId() + "/" + operation.namespace();
        long greatest = epochs.getOrDefault(key, 0L);
        if (operation.epoch() < greatest) {
            throw new CoordinatorException(
                    ErrorCode.FENCED_OUT,
                    "operation '" + operation.operationId() + "' has epoch " + operation.epoch()
                            + " (expected: at least " + greatest + ", which was seen of namespace '"
                            + operation.namespace() + "')",
                    "Look at the operations of the namespace; another process goes on with it.");
        }
        if (operation.epoch() > greatest) {
            if (greatest == 0 && epochs.size() >= MAX_NAMESPACES) {
                throw new CoordinatorException(
                        ErrorCode.NOT_ALLOWED_NOW,
                        "this agent has seen " + MAX_NAMESPACES + " namespaces (expected: fewer)",
                        "Remove '" + file + "' while no operation is under way, and restart the agent.");
            }
            write(key, operation.epoch());
        }
    }

    /** Held across I/O because that is its purpose: nobody passes before the file says so. */
    private void write(String key, long epoch) {
        Map<String, Long> next = new TreeMap<>(epochs);
        next.put(key, epoch);
        try {
            DurableFiles.replace(file, JSON.writeValueAsBytes(next));
        } catch (IOException e) {
            throw unavailable(file, e);
        }
        epochs.put(key, epoch);
    }

    private static CoordinatorException damaged(Path file, IOException cause) {
        return new CoordinatorException(
                ErrorCode.STORE_DAMAGED,
                "the agent's file '" + file + "' does not hold epochs",
                "Make sure that no coordinator works on this node any more, then remove the file.",
                cause);
    }

    private static CoordinatorException unavailable(Path file, IOException cause) {
        return new CoordinatorException(
                ErrorCode.STORE_UNAVAILABLE,
                "the agent's file '" + file + "' can't be read or written: " + cause,
                "Check the agent's directory and its disk.",
                cause);
    }
}
