package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings versions into the order of the cells, in bounded memory. What does not fit into memory is written to files in sorted
 * runs, and the runs are merged while they are read. The files are as large as what is scanned, and are gone when the iterator
 * is closed.
 *
 * <p>A ring that is not ordered gives rows in the order of their hashes. So the first version is there when the last one
 * has been read: right for a check of a whole table, slow for somebody who wants its beginning.
 */
final class SortedVersions implements CloseableIterator<CellVersion> {
    static final Comparator<CellVersion> ORDER =
            Comparator.comparing(CellVersion::cell).thenComparing(CellVersion::timestamp, Comparator.reverseOrder());

    private static final Logger log = LoggerFactory.getLogger(SortedVersions.class);
    private static final int VERSION_OVERHEAD_BYTES = 200;
    private static final int MAX_RUNS = 4_096;

    private final List<Run> runs = new ArrayList<>();
    private final PriorityQueue<Head> heads = new PriorityQueue<>();

    private SortedVersions() {}

    /**
     * Reads and sorts all versions.
     *
     * @param source closed by this call
     * @param directory where the runs go
     * @param runBytes how much memory the versions of a run may take
     * @throws KeyValueStoreException {@link ErrorCode#DISK_FULL} when a run can't be written; what the source throws
     */
    static SortedVersions sort(CloseableIterator<CellVersion> source, Path directory, long runBytes) {
        SortedVersions sorted = new SortedVersions();
        try (source) {
            sorted.read(source, directory, runBytes);
            return sorted;
        } catch (IOException e) {
            sorted.close();
            throw unusable(directory, e);
        } catch (RuntimeException e) {
            sorted.close();
            throw e;
        }
    }

    private void read(Iterator<CellVersion> source, Path directory, long runBytes) throws IOException {
        List<CellVersion> buffer = new ArrayList<>();
        long bytes = 0;
        while (source.hasNext()) {
            CellVersion version = source.next();
            buffer.add(version);
            bytes += VERSION_OVERHEAD_BYTES
                    + version.cell().row().length()
                    + version.cell().column().length()
                    + version.value().length();
            if (bytes >= runBytes && source.hasNext()) {
                buffer.sort(ORDER);
                write(buffer, directory);
                buffer = new ArrayList<>();
                bytes = 0;
            }
        }
        buffer.sort(ORDER);
        add(buffer.iterator());
        for (Run run : runs) {
            run.open();
            add(run);
        }
    }

    private void write(List<CellVersion> versions, Path directory) throws IOException {
        if (runs.size() >= MAX_RUNS) {
            throw new IOException("more than " + MAX_RUNS + " sorted runs");
        }
        Run run = new Run(Files.createTempFile(directory, "tidemark-scan-", ".run"));
        runs.add(run);
        run.write(versions);
    }

    private void add(Iterator<CellVersion> versions) {
        if (versions.hasNext()) {
            heads.add(new Head(versions.next(), versions));
        }
    }

    @Override
    public boolean hasNext() {
        return !heads.isEmpty();
    }

    @Override
    public CellVersion next() {
        Head head = heads.poll();
        if (head == null) {
            throw new NoSuchElementException();
        }
        add(head.rest());
        return head.first();
    }

    @Override
    public void close() {
        heads.clear();
        runs.forEach(Run::discard);
        runs.clear();
    }

    private static KeyValueStoreException unusable(Path directory, IOException cause) {
        return new KeyValueStoreException(
                ErrorCode.DISK_FULL,
                "can't sort a scan in '" + directory + "': " + cause.getMessage(),
                "Make room in this directory for as much as the table holds, or choose another one.",
                cause);
    }

    /** The next version of a run, and the others. */
    private record Head(CellVersion first, Iterator<CellVersion> rest) implements Comparable<Head> {
        @Override
        public int compareTo(Head other) {
            return ORDER.compare(first, other.first);
        }
    }

    /** A file of sorted versions: each as lengths and bytes of row, column and value, and the timestamp; a length of -1 ends it. */
    private static final class Run implements Iterator<CellVersion> {
        private final Path file;
        private DataInputStream in;
        private CellVersion next;

        Run(Path file) {
            this.file = file;
        }

        void write(List<CellVersion> versions) throws IOException {
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
                for (CellVersion version : versions) {
                    write(out, version.cell().row());
                    write(out, version.cell().column());
                    write(out, version.value());
                    out.writeLong(version.timestamp());
                }
                out.writeInt(-1);
            }
        }

        void open() throws IOException {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 14));
            next = read();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public CellVersion next() {
            CellVersion result = next;
            try {
                next = read();
            } catch (IOException e) {
                throw unusable(file, e);
            }
            return result;
        }

        void discard() {
            try {
                if (in != null) {
                    in.close();
                }
                Files.deleteIfExists(file);
            } catch (IOException e) {
                log.warn("can't remove the temporary file '{}'", file, e);
            }
        }

        private static void write(DataOutputStream out, Bytes bytes) throws IOException {
            out.writeInt(bytes.length());
            out.write(bytes.toArray());
        }

        private CellVersion read() throws IOException {
            int length = in.readInt();
            if (length < 0) {
                return null;
            }
            Bytes row = readBytes(length);
            Bytes column = readBytes(in.readInt());
            Bytes value = readBytes(in.readInt());
            return new CellVersion(Cell.of(row, column), in.readLong(), value);
        }

        private Bytes readBytes(int length) throws IOException {
            byte[] content = new byte[length];
            in.readFully(content);
            return Bytes.wrap(content);
        }
    }
}
