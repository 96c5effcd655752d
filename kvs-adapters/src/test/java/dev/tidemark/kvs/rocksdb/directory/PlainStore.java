package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.files.Steps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A store at rest of a few small files, which is copied file by file. */
final class PlainStore implements StoreAtRest {
    private final StoreDirectory directory;
    private final Steps steps;

    PlainStore(StoreDirectory directory, Steps steps) {
        this.directory = directory;
        this.steps = steps;
    }

    @Override
    public boolean isPresent() {
        return Files.exists(directory.data().resolve("CURRENT"));
    }

    @Override
    public void copyTo(Path target) throws IOException {
        Files.createDirectory(target);
        for (String name : content(directory.data()).keySet()) {
            steps.before("copy " + name);
            Files.copy(directory.data().resolve(name), target.resolve(name));
        }
    }

    /** Returns the content of the files in a directory by name; nothing when it is not there. */
    static Map<String, String> content(Path directory) {
        Map<String, String> content = new TreeMap<>();
        if (!Files.exists(directory)) {
            return content;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                content.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return content;
    }
}
