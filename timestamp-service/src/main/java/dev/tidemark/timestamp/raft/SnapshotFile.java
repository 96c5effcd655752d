package dev.tidemark.timestamp.raft;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.ratis.server.protocol.TermIndex;

/** A snapshot of the replica in a file; docs/timestamp-files.rst specifies it. */
record SnapshotFile(TermIndex place, ReplicatedBounds bounds) {
    private static final String TYPE = "TMRAFTSN";

    /** Writes it; the file appears whole. */
    void write(Path path) throws IOException {
        CheckedFile.write(path, TYPE, out -> {
            out.int64(place.getTerm()).int64(place.getIndex());
            bounds.writeTo(out);
        });
    }

    /**
     * Reads a snapshot.
     *
     * @throws dev.tidemark.timestamp.TimestampException when it is damaged
     */
    static SnapshotFile read(Path path) throws IOException {
        return CheckedFile.read(
                path,
                TYPE,
                in -> new SnapshotFile(TermIndex.valueOf(in.int64(), in.int64()), ReplicatedBounds.readFrom(in)));
    }
}
