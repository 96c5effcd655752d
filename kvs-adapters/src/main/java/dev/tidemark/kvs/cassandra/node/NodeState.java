package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The record of an agent in its state directory, whose owner this process is. A change of it is durable before anybody can see it.
 * Thread-safe; readers never wait for the disk.
 */
final class NodeState {
    private final Path file;
    private final Steps steps;
    private volatile NodeRecord current;

    private NodeState(Path file, Steps steps, NodeRecord current) {
        this.file = file;
        this.steps = steps;
        this.current = current;
    }

    /**
     * Reads the record; a directory without one gets a new one with the first change.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when it can't be read
     */
    static NodeState open(Path directory, Steps steps) {
        Path file = directory.resolve("record.json");
        try {
            return new NodeState(file, steps, RecordJson.read(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return new NodeState(file, steps, NodeRecord.NEW);
        } catch (IOException e) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "'" + file + "' can't be read: " + e.getMessage(),
                    "Put back an intact copy of the file, or use the version of tidemark that has written it.",
                    e);
        }
    }

    Path directory() {
        return file.getParent();
    }

    NodeRecord current() {
        return current;
    }

    /** Changes the record durably; does nothing where it stays the same. The lock is held while writing: the order counts. */
    synchronized void update(String step, UnaryOperator<NodeRecord> change) {
        NodeRecord changed = change.apply(current);
        if (changed.equals(current)) {
            return;
        }
        steps.before(step);
        try {
            DurableFiles.replace(file, RecordJson.write(changed));
        } catch (IOException e) {
            throw FileErrors.translate("write", file, e);
        }
        current = changed;
    }
}
