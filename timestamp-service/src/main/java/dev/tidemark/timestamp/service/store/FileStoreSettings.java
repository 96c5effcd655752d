package dev.tidemark.timestamp.service.store;

import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.FileBoundStore;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;

/**
 * Files of this machine.
 *
 * @param directory on a local file system; one process at a time
 */
public record FileStoreSettings(@NotNull Path directory) implements BoundStoreSettings {
    @Override
    public BoundStore open() {
        return FileBoundStore.open(directory);
    }

    @Override
    public String describe() {
        return directory.toString();
    }
}
