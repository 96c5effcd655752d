package dev.tidemark.kvs.files;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RelativePath;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The staging area of one restore. A file is written below {@code parts} under a name that begins with the epoch of its
 * writer, synced, and renamed to its place below {@code files}; so whatever is below {@code files} is complete.
 */
public final class StagingDirectory implements StagingArea {
    private final Path root;
    private final RestoreId restore;
    private final Fence fence;
    private final Path files;
    private final Path parts;
    private final AtomicLong nextPart = new AtomicLong();

    /**
     * Names a staging area; touches nothing.
     *
     * @param root its directory; the one above belongs to all staging areas, and the one above that exists
     * @param restore whose it is
     * @param fence throws {@code FENCED_OUT} when a restore with a greater epoch was seen
     */
    public StagingDirectory(Path root, RestoreId restore, Fence fence) {
        this.root = root;
        this.restore = restore;
        this.fence = fence;
        this.files = filesOf(root);
        this.parts = root.resolve("parts");
    }

    /** Refuses a restore that was overtaken. */
    @FunctionalInterface
    public interface Fence {
        /** Throws {@code FENCED_OUT} when a restore with a greater epoch was seen. */
        void check(RestoreId restore) throws IOException;
    }

    /** Returns where the complete files of a staging area lie. */
    public static Path filesOf(Path root) {
        return root.resolve("files");
    }

    /** Creates the directories and removes what writers with lower epochs have left unfinished. */
    public void open() throws IOException {
        Path all = root.getParent();
        for (Path place : new Path[] {all, root, files, parts}) {
            if (!DurableFiles.isPlainDirectory(place)) {
                createPlainDirectory(place);
            }
        }
        DurableFiles.syncDirectory(root);
        DurableFiles.syncDirectory(all);
        DurableFiles.syncDirectory(all.getParent());
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parts)) {
            for (Path leftover : leftovers) {
                if (epochOf(leftover) < restore.epoch()) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    @Override
    public Map<String, Long> files() {
        Map<String, Long> sizes = new TreeMap<>();
        try {
            Files.walkFileTree(files, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        sizes.put(nameOf(file), attributes.size());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
            return sizes;
        } catch (IOException e) {
            throw FileErrors.translate("list", files, e);
        }
    }

    @Override
    public StagedFile create(String path) {
        RelativePath relative = accept(path);
        resolve(relative);
        try {
            Optional<StagedFile> file = tryCreate(relative);
            while (file.isEmpty()) {
                file = tryCreate(relative);
            }
            return file.get();
        } catch (IOException e) {
            throw FileErrors.translate("stage a file in", parts, e);
        }
    }

    /** Takes the next number; empty when another area of the same restore and epoch has it. */
    private Optional<StagedFile> tryCreate(RelativePath path) throws IOException {
        Path part = parts.resolve(restore.epoch() + "-" + nextPart.getAndIncrement());
        try {
            FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return Optional.of(new Part(path, part, channel));
        } catch (FileAlreadyExistsException e) {
            return Optional.empty();
        }
    }

    @Override
    public void sync() {
        try {
            DurableFiles.syncDirectories(files);
        } catch (IOException e) {
            throw FileErrors.translate("sync", files, e);
        }
    }

    /** Returns how many bytes are staged; the area is open. */
    public long sizeBytes() {
        return files().values().stream().mapToLong(Long::longValue).sum();
    }

    private String nameOf(Path file) {
        StringBuilder name = new StringBuilder();
        for (Path segment : files.relativize(file)) {
            name.append(name.isEmpty() ? "" : "/").append(segment);
        }
        return name.toString();
    }

    private static long epochOf(Path part) {
        String name = part.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, Math.max(0, name.indexOf('-'))));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static RelativePath accept(String path) {
        try {
            return RelativePath.parse(path);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    private Path resolve(RelativePath path) {
        try {
            if (!DurableFiles.isPlainDirectory(files)) {
                throw new IllegalArgumentException("'" + files + "' is not a directory");
            }
            return path.resolve(files);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    private static KeyValueStoreException refused(IllegalArgumentException cause) {
        return new KeyValueStoreException(
                ErrorCode.MANIFEST_INVALID,
                cause.getMessage(),
                "Restore from another backup; the manifest of this one can't be trusted.",
                cause);
    }

    private static void createPlainDirectory(Path place) throws IOException {
        try {
            Files.createDirectory(place);
        } catch (FileAlreadyExistsException e) {
            if (!DurableFiles.isPlainDirectory(place)) {
                throw refused(new IllegalArgumentException("'" + place + "' is not a directory"));
            }
        }
    }

    private final class Part implements StagedFile {
        private final RelativePath path;
        private final Path part;
        private final FileChannel channel;
        private boolean isCommitted;

        private Part(RelativePath path, Path part, FileChannel channel) {
            this.path = path;
            this.part = part;
            this.channel = channel;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            try {
                return channel.write(source);
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                throw FileErrors.translate("write", part, e);
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void commit() {
            if (isCommitted) {
                return;
            }
            try {
                channel.force(true);
                channel.close();
                fence.check(restore);
                DurableFiles.rename(part, prepare());
                isCommitted = true;
            } catch (IOException e) {
                throw FileErrors.translate("stage", part, e);
            }
        }

        private Path prepare() throws IOException {
            Path place = resolve(path);
            Path parent = files;
            for (String segment : path.segments().subList(0, path.segments().size() - 1)) {
                parent = parent.resolve(segment);
                createPlainDirectory(parent);
            }
            if (DurableFiles.isPlainDirectory(place)) {
                throw refused(new IllegalArgumentException(
                        "path '" + path + "' is refused (expected: not the directory of another file)"));
            }
            return place;
        }

        @Override
        public void close() {
            try {
                channel.close();
                if (!isCommitted) {
                    Files.deleteIfExists(part);
                }
            } catch (IOException | UncheckedIOException e) {
                // An unfinished part is removed with its staging area, or by the next one.
            }
        }
    }
}
