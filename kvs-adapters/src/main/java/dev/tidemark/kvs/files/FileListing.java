package dev.tidemark.kvs.files;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/**
 * The form of a listing of a snapshot's files that is kept beside it: one line for each file, ordered by path, of identity, size in
 * bytes and path, separated by tabs, in UTF-8.
 */
public final class FileListing {
    private static final int COLUMNS = 3;

    private FileListing() {}

    /** Returns the line of a file, without its end. */
    public static String line(SnapshotFile file) {
        return file.identity() + "\t" + file.sizeBytes() + "\t" + file.path();
    }

    /**
     * Opens a listing at the first path that is greater than the given one.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     */
    public static CloseableIterator<SnapshotFile> open(Path listing, String afterPath) throws IOException {
        BufferedReader reader = Files.newBufferedReader(listing, StandardCharsets.UTF_8);
        return new Lines(listing, reader, afterPath);
    }

    private static final class Lines implements CloseableIterator<SnapshotFile> {
        private final Path listing;
        private final BufferedReader reader;
        private final String afterPath;
        private SnapshotFile next;
        private boolean isAtEnd;

        private Lines(Path listing, BufferedReader reader, String afterPath) {
            this.listing = listing;
            this.reader = reader;
            this.afterPath = afterPath;
        }

        @Override
        public boolean hasNext() {
            try {
                while (next == null && !isAtEnd) {
                    String line = reader.readLine();
                    isAtEnd = line == null;
                    SnapshotFile file = isAtEnd ? null : parse(line);
                    next = file != null && file.path().compareTo(afterPath) > 0 ? file : null;
                }
            } catch (IOException e) {
                throw FileErrors.translate("read", listing, e);
            }
            return next != null;
        }

        @Override
        public SnapshotFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the listing is at its end");
            }
            SnapshotFile result = next;
            next = null;
            return result;
        }

        private SnapshotFile parse(String line) {
            String[] columns = line.split("\t", COLUMNS);
            try {
                return new SnapshotFile(columns[2], Long.parseLong(columns[1]), columns[0]);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new KeyValueStoreException(
                        ErrorCode.SNAPSHOT_FAILED,
                        "listing '" + listing + "' can't be read (expected: identity, size and path)",
                        "Run the backup again, which takes a new snapshot.",
                        e);
            }
        }

        @Override
        public void close() {
            isAtEnd = true;
            next = null;
            try {
                reader.close();
            } catch (IOException | UncheckedIOException e) {
                // Nothing was written; there is nothing to lose.
            }
        }
    }
}
