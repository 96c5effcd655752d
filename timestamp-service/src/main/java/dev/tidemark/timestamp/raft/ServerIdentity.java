package dev.tidemark.timestamp.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose a data directory is: file {@code server}, written before anything else.
 *
 * @param cluster a random number that all servers of a cluster share, and no other cluster has
 * @param id of the server
 * @param stage how far it is with becoming a member
 */
record ServerIdentity(UUID cluster, String id, Stage stage) {
    private static final String TYPE = "TMRAFTID";
    private static final String FILE = "server";

    /** How a server becomes a member; the numbers in the file are those of the order. */
    enum Stage {
        /** It is about to begin the cluster. */
        FOUNDER,
        /** It is about to be taken in. */
        JOINING,
        /** It is a member, or was one. */
        MEMBER
    }

    /** Reads it; empty in a directory that belongs to no server. */
    static Optional<ServerIdentity> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Optional.of(CheckedFile.read(
                file, TYPE, in -> new ServerIdentity(new UUID(in.int64(), in.int64()), in.text(), stage(in.int8()))));
    }

    void write(Path directory) throws IOException {
        CheckedFile.write(directory.resolve(FILE), TYPE, out -> out.int64(cluster.getMostSignificantBits())
                .int64(cluster.getLeastSignificantBits())
                .text(id)
                .int8(stage.ordinal()));
    }

    ServerIdentity asMember() {
        return new ServerIdentity(cluster, id, Stage.MEMBER);
    }

    private static Stage stage(int number) {
        if (number >= Stage.values().length) {
            throw new IllegalArgumentException("stage: " + number + " (expected: 0..2)");
        }
        return Stage.values()[number];
    }
}
