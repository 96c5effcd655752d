package dev.tidemark.coordinator.archive.audit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/**
 * What an entry of the audit log is about. What is no operation is written before it is done; a second entry with the outcome
 * {@code FAILED} says that it could not be. The words are part of the format.
 */
public enum AuditEvent {
    /** An operation was accepted; it has done nothing yet. */
    BEGUN("begun"),
    /** A process goes on with an operation that another one, or itself, had left. */
    RESUMED("resumed"),
    /** The process that worked on an operation gave up; the operation has not ended. */
    SUSPENDED("suspended"),
    /** An operation has ended; of several such entries of one operation the last with the greatest epoch counts. */
    ENDED("ended"),
    /** A hold was placed on a backup. */
    HOLD_PLACED("hold-placed"),
    /** A hold was released. */
    HOLD_RELEASED("hold-released"),
    /** A note was written on a backup, or taken away. */
    ANNOTATED("annotated"),
    /** A key slot was added. */
    KEY_ADDED("key-added"),
    /** A key slot was removed. */
    KEY_REMOVED("key-removed"),
    /** A backup was written out of the archive in readable form. */
    EXPORTED("exported");

    private final String word;

    AuditEvent(String word) {
        this.word = word;
    }

    /** Returns the word that stands in the entry. */
    @JsonValue
    public String word() {
        return word;
    }

    /**
     * Returns the event of a word.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static AuditEvent of(String word) {
        return Arrays.stream(values())
                .filter(event -> event.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("event: '" + word + "' (expected: a known one)"));
    }
}
