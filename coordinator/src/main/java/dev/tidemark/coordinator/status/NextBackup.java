package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.catalog.BackupSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the next backup of a namespace is due, as its manifests say.
 *
 * <p>The newest backup that says something counts: one that somebody takes in between, and that says nothing, does not take back what
 * the schedule has promised. Only one that began when the promised time had come keeps the promise. A time is not believed that is
 * further ahead than {@link #MAX_AHEAD}, of the present or of the beginning of its own backup, or that stands in a backup of the
 * future: a clock was wrong.
 *
 * @param due when; {@link Manifest#NO_NEXT_BACKUP} when nobody has said, or when it has come and a backup with it
 * @param saidBy id of the backup that says so; empty when there is none
 * @param incredibleDue what the newest backup says whose time is not believed; {@link Manifest#NO_NEXT_BACKUP} when there is none
 * @param incredible id of that backup, or empty
 */
public record NextBackup(Instant due, String saidBy, Instant incredibleDue, String incredible) {
    /** Furthest that a next backup can be ahead and be believed. */
    public static final Duration MAX_AHEAD = Duration.ofDays(400);

    /** How long a backup may be overdue before its schedule counts as stopped, unless configured. */
    public static final Duration DEFAULT_GRACE = Duration.ofMinutes(15);

    /** Clocks of those who take backups and of those who watch differ by less. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofHours(1);

    /**
     * What one backup says.
     *
     * @param backupId its id
     * @param createdAt when it began
     * @param nextBackupDue as in the manifest
     */
    public record Word(String backupId, Instant createdAt, Instant nextBackupDue) {
        /** Returns the word of a manifest. */
        public static Word of(Manifest manifest) {
            return new Word(manifest.backupId(), manifest.createdAt(), manifest.nextBackupDue());
        }

        private static Word of(BackupSummary backup) {
            return new Word(backup.backupId(), backup.createdAt(), backup.nextBackupDue());
        }

        private boolean isSaid() {
            return !nextBackupDue.equals(Manifest.NO_NEXT_BACKUP);
        }

        private boolean isOfTheFuture(Instant now) {
            return createdAt.isAfter(now.plus(CLOCK_DIFFERENCE));
        }

        private boolean isCredible(Instant now) {
            Instant from = createdAt.isBefore(now) ? createdAt : now;
            return !isOfTheFuture(now) && !nextBackupDue.isAfter(from.plus(MAX_AHEAD));
        }
    }

    /**
     * Finds out what counts.
     *
     * @param words of the backups, the newest first
     */
    public static NextBackup of(List<Word> words, Instant now) {
        Optional<Word> incredible = Optional.empty();
        Instant lastBegun = Instant.MIN;
        for (Word word : words) {
            if (word.isSaid() && word.isCredible(now)) {
                boolean isKept = !lastBegun.isBefore(word.nextBackupDue());
                return create(isKept ? Optional.empty() : Optional.of(word), incredible);
            }
            if (word.isSaid() && incredible.isEmpty()) {
                incredible = Optional.of(word);
            }
            boolean isLater = word.createdAt().isAfter(lastBegun) && !word.isOfTheFuture(now);
            lastBegun = isLater ? word.createdAt() : lastBegun;
        }
        return create(Optional.empty(), incredible);
    }

    static NextBackup ofBackups(List<BackupSummary> newestFirst, Instant now) {
        return of(newestFirst.stream().map(Word::of).toList(), now);
    }

    private static NextBackup create(Optional<Word> said, Optional<Word> incredible) {
        return new NextBackup(
                said.map(Word::nextBackupDue).orElse(Manifest.NO_NEXT_BACKUP),
                said.map(Word::backupId).orElse(""),
                incredible.map(Word::nextBackupDue).orElse(Manifest.NO_NEXT_BACKUP),
                incredible.map(Word::backupId).orElse(""));
    }

    /** Tells whether somebody has said when, and that time has not been kept yet. */
    public boolean isKnown() {
        return !saidBy.isEmpty();
    }

    /** Tells whether the time has come: a backup that takes place is expected to be under way. */
    public boolean isDue(Instant now) {
        return isKnown() && !due.isAfter(now);
    }

    /**
     * Tells whether the time has passed by more than a grace.
     *
     * @param grace 0 or more
     */
    public boolean isMissed(Instant now, Duration grace) {
        return isKnown() && due.plus(grace).isBefore(now);
    }
}
