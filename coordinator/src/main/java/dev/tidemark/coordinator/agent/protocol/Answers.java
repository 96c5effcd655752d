package dev.tidemark.coordinator.agent.protocol;

import dev.tidemark.kvs.node.SnapshotFile;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The answers to questions. */
public final class Answers {
    private Answers() {}

    /** Names, ordered: of snapshots, of safety copies. */
    public record Names(List<String> names) {
        /** Copies the list. */
        public Names {
            names = List.copyOf(names);
        }
    }

    /**
     * A page of the files of a snapshot.
     *
     * @param files ordered by path
     * @param isLast whether no page follows
     */
    public record FilePage(List<SnapshotFile> files, boolean isLast) {
        /** Copies the list. */
        public FilePage {
            files = List.copyOf(files);
        }
    }

    /** The sizes of staged files in bytes, by path. */
    public record StagedFiles(Map<String, Long> sizes) {
        /** Copies the map. */
        public StagedFiles {
            sizes = Map.copyOf(sizes);
        }
    }

    /** Whether something is so. */
    public record Truth(boolean value) {}

    /** A number of bytes. */
    public record ByteCount(long bytes) {}

    /** A file that is being staged. */
    public record UploadId(String id) {
        /** Checks that it is there. */
        public UploadId {
            Objects.requireNonNull(id, "id");
        }
    }

    /** All tasks that are remembered, the latest first. */
    public record Tasks(List<TaskStatus> tasks) {
        /** Copies the list. */
        public Tasks {
            tasks = List.copyOf(tasks);
        }
    }
}
