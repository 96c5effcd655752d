package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is found out about one backup. Not thread-safe. */
final class BackupFindings {
    private final String backupId;
    private final List<Damage> damages = new ArrayList<>();
    private final Set<String> objects = new HashSet<>();
    private long damageCount;
    private long files;
    private long bytes;

    BackupFindings(String backupId) {
        this.backupId = backupId;
    }

    String backupId() {
        return backupId;
    }

    void countFile(long sizeBytes) {
        files++;
        bytes += sizeBytes;
    }

    void addFile(String file, String message) {
        damageCount++;
        if (damages.size() < BackupVerification.MAX_DAMAGES) {
            damages.add(new Damage(file, message));
        }
    }

    /** Counts each object once. */
    void addObject(String object, String message) {
        if (objects.add(object)) {
            addFile(object, message);
        }
    }

    void addObject(String object, CoordinatorException failure) {
        addObject(object, failure.getMessage());
    }

    BackupVerification result() {
        return new BackupVerification(backupId, files, bytes, damageCount, damages);
    }
}
