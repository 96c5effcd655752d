package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.operation.ParallelWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Copies files as they are, each durable with an fsync, with as many threads as in the engine: what a copy by hand would cost. */
final class PlainCopy {
    private static final int BUFFER_BYTES = 1 << 20;

    private final ParallelWork work;

    PlainCopy(ParallelWork work) {
        this.work = work;
    }

    /** Copies into a directory that is created, and makes its names durable. */
    void copy(List<Path> files, Path target) {
        try {
            Files.createDirectory(target);
            work.run(files, file -> copyFile(file, target.resolve(file.getFileName())));
            try (FileChannel directory = FileChannel.open(target, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyFile(Path source, Path target) {
        try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                buffer.clear();
            }
            out.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
