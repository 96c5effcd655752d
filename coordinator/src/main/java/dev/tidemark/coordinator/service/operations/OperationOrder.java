package dev.tidemark.coordinator.service.operations;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What is to be done: in documents {@code type} and the fields of that type, in the body of a request the fields alone. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", requireTypeIdForSubtypes = OptBoolean.FALSE)
@JsonSubTypes({
    @JsonSubTypes.Type(value = OperationOrder.Backup.class, name = OperationOrder.Backup.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Restore.class, name = OperationOrder.Restore.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Rewind.class, name = OperationOrder.Rewind.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Undo.class, name = OperationOrder.Undo.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Expire.class, name = OperationOrder.Expire.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.CollectGarbage.class, name = OperationOrder.CollectGarbage.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Verify.class, name = OperationOrder.Verify.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Retention.class, name = OperationOrder.Retention.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Repair.class, name = OperationOrder.Repair.TYPE),
    @JsonSubTypes.Type(value = OperationOrder.Resume.class, name = OperationOrder.Resume.TYPE)
})
public sealed interface OperationOrder {
    /** Returns the word for it in requests. */
    @JsonIgnore
    String type();

    /**
     * Take a backup.
     *
     * @param labels free text by name; none when left out
     * @param allowDegraded whether a backup without some replica is acceptable; true when left out
     * @param nextDue when the next backup is to be there, for who watches from outside; not known when left out
     */
    record Backup(Map<String, String> labels, Boolean allowDegraded, Instant nextDue) implements OperationOrder {
        static final String TYPE = "backup";

        /** Applies the defaults and checks the labels. */
        public Backup {
            labels = labels == null ? Map.of() : Map.copyOf(labels);
            allowDegraded = allowDegraded == null || allowDegraded;
            nextDue = nextDue == null ? Manifest.NO_NEXT_BACKUP : nextDue;
            new BackupRequest("-", labels, allowDegraded, nextDue);
        }

        BackupRequest request(String namespace) {
            return new BackupRequest(namespace, labels, allowDegraded, nextDue);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Restore a backup.
     *
     * @param backup its id, or {@code latest}, which it is when left out
     * @param at another moment than the backup's own: a timestamp in digits or a time as RFC 3339 has it; null for the backup's own
     * @param replaceExisting whether data in the targets is replaced; else they must be empty; false when left out
     * @param tables the tables to restore; all when left out
     */
    record Restore(String backup, String at, Boolean replaceExisting, List<String> tables) implements OperationOrder {
        static final String TYPE = "restore";

        /** Applies the defaults and checks the moment. */
        public Restore {
            backup = backup == null ? Catalog.LATEST : backup;
            replaceExisting = replaceExisting != null && replaceExisting;
            tables = tables == null ? List.of() : List.copyOf(tables);
            request("-", backup, at, replaceExisting, tables);
        }

        /** Returns it as the engine takes it. */
        public RestoreRequest request(String namespace) {
            return request(namespace, backup, at, replaceExisting, tables);
        }

        private static RestoreRequest request(
                String namespace, String backup, String at, boolean isReplacing, List<String> tables) {
            return new RestoreRequest(
                    namespace,
                    backup,
                    at == null ? RestorePoint.OF_BACKUP : RestorePoint.parse(at),
                    isReplacing ? ExistingData.REPLACE : ExistingData.REFUSE,
                    tables);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Make an earlier state the present one, in place.
     *
     * @param to a timestamp in digits or a time as RFC 3339 has it
     */
    record Rewind(String to) implements OperationOrder {
        static final String TYPE = "rewind";

        /** Checks the moment. */
        public Rewind {
            RestorePoint.parse(Objects.requireNonNullElse(to, ""));
        }

        /** Returns it as the engine takes it. */
        public RewindRequest request(String namespace) {
            return new RewindRequest(namespace, RestorePoint.parse(to));
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Take back the last rewind, or the last restore over existing data. */
    record Undo() implements OperationOrder {
        static final String TYPE = "undo";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Remove the backups that the retention policy does not keep.
     *
     * @param backups only these, as far as nothing keeps them; all when left out
     */
    record Expire(List<String> backups) implements OperationOrder {
        static final String TYPE = "expire";

        /** Copies the list. */
        public Expire {
            backups = backups == null ? List.of() : List.copyOf(backups);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Remove what no backup needs. */
    record CollectGarbage() implements OperationOrder {
        static final String TYPE = "collect-garbage";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Make again what can be made from copies. */
    record Repair() implements OperationOrder {
        static final String TYPE = "repair";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Read as much as is due today, and compare it with what was written. */
    record Verify() implements OperationOrder {
        static final String TYPE = "verify";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Remove the backups that the retention policy does not keep, then what no backup needs. */
    record Retention() implements OperationOrder {
        static final String TYPE = "retention";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Go on with the operation that another process has left unfinished, whatever it is. */
    record Resume() implements OperationOrder {
        static final String TYPE = "resume";

        @Override
        public String type() {
            return TYPE;
        }
    }
}
