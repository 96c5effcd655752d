package dev.tidemark.coordinator.agent.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Something that an agent does in the background. Each may be done twice with the effect of once.
 *
 * <p>{@code operation} is null where the one who asks has no epoch: nobody is refused then.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(TaskRequest.Snapshot.class),
    @JsonSubTypes.Type(TaskRequest.Drop.class),
    @JsonSubTypes.Type(TaskRequest.Measure.class),
    @JsonSubTypes.Type(TaskRequest.Copy.class),
    @JsonSubTypes.Type(TaskRequest.Stage.class),
    @JsonSubTypes.Type(TaskRequest.Change.class),
    @JsonSubTypes.Type(TaskRequest.Repair.class),
    @JsonSubTypes.Type(TaskRequest.Cleanup.class)
})
public sealed interface TaskRequest {
    /** Returns the kind, as it stands in the JSON. */
    default String kind() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }

    /** Returns the operation whose epoch must not be below any that was seen. */
    default Optional<OperationEpoch> fencedBy() {
        return Optional.empty();
    }

    /** Tells whether another request is for the same work, so that whoever sends it follows this one. */
    default boolean isSameAs(TaskRequest other) {
        return equals(other);
    }

    /** Takes a snapshot. */
    @JsonTypeName("snapshot")
    record Snapshot(OperationEpoch operation, String tag) implements TaskRequest {
        /** Checks the tag. */
        public Snapshot {
            new SnapshotTag(tag);
        }

        @Override
        public Optional<OperationEpoch> fencedBy() {
            return Optional.ofNullable(operation);
        }
    }

    /** Ends the copies of a snapshot and removes it. */
    @JsonTypeName("drop")
    record Drop(OperationEpoch operation, String tag) implements TaskRequest {
        /** Checks the tag. */
        public Drop {
            new SnapshotTag(tag);
        }

        @Override
        public Optional<OperationEpoch> fencedBy() {
            return Optional.ofNullable(operation);
        }
    }

    /** Counts the files of a snapshot. */
    @JsonTypeName("measure")
    record Measure(String tag) implements TaskRequest {
        /** Checks the tag. */
        public Measure {
            new SnapshotTag(tag);
        }
    }

    /**
     * Copies what is left of a snapshot into the archive. The same snapshot for the same operation is the same work, whoever
     * coordinates it and from wherever it begins.
     */
    @JsonTypeName("copy")
    record Copy(OperationEpoch operation, String tag, NodeCopy from, FileListRef previous) implements TaskRequest {
        /** Checks the parts. */
        public Copy {
            Objects.requireNonNull(operation, "operation");
            new SnapshotTag(tag);
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(previous, "previous");
        }

        @Override
        public Optional<OperationEpoch> fencedBy() {
            return Optional.of(operation);
        }

        @Override
        public boolean isSameAs(TaskRequest other) {
            return other instanceof Copy copy
                    && copy.tag.equals(tag)
                    && copy.from.store().equals(from.store())
                    && copy.from.node().equals(from.node())
                    && copy.operation.archiveId().equals(operation.archiveId())
                    && copy.operation.namespace().equals(operation.namespace())
                    && copy.operation.operationId().equals(operation.operationId());
        }
    }

    /** Stages files of a backup. */
    @JsonTypeName("stage")
    record Stage(
            String archiveId, String namespace, RestoreId restore, String backupId, String store, List<Source> sources)
            implements TaskRequest {
        /** Copies the list. */
        public Stage {
            Objects.requireNonNull(archiveId, "archiveId");
            Objects.requireNonNull(namespace, "namespace");
            Objects.requireNonNull(restore, "restore");
            Objects.requireNonNull(backupId, "backupId");
            Objects.requireNonNull(store, "store");
            sources = List.copyOf(sources);
        }
    }

    /**
     * A backed-up node whose files are staged.
     *
     * @param node its name in the backup
     * @param pathPrefix what comes before the path of each file; empty, or ends with a slash
     * @param onlyPaths how the paths of the files begin that are staged; the empty beginning stands for all
     */
    record Source(String node, String pathPrefix, List<String> onlyPaths) {
        /** Checks that all of it is there. */
        public Source {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(pathPrefix, "pathPrefix");
            onlyPaths = List.copyOf(Objects.requireNonNull(onlyPaths, "onlyPaths"));
        }
    }

    /**
     * Changes the node for a restore.
     *
     * @param safetyCopy the one that the change is about, or the empty string
     */
    @JsonTypeName("change")
    record Change(NodeChange change, RestoreId restore, String safetyCopy) implements TaskRequest {
        /** Checks that all of it is there. */
        public Change {
            Objects.requireNonNull(change, "change");
            Objects.requireNonNull(restore, "restore");
            Objects.requireNonNull(safetyCopy, "safetyCopy");
        }
    }

    /** Repairs tables. */
    @JsonTypeName("repair")
    record Repair(Set<String> tables) implements TaskRequest {
        /** Copies the set and checks the names. */
        public Repair {
            tables = Set.copyOf(new TreeSet<>(tables));
            tables.forEach(TableName::of);
        }
    }

    /** Removes what is outside of the node's token ranges. */
    @JsonTypeName("cleanup")
    record Cleanup() implements TaskRequest {}
}
