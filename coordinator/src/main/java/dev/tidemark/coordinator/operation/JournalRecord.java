package dev.tidemark.coordinator.operation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * One record of an operation's journal.
 *
 * @param sequence number in the journal, from 1 without gaps
 * @param kind what it records
 * @param epoch fencing epoch of the coordinator that wrote it
 * @param at when it was written, for people to read
 * @param type type of the operation
 * @param step the step that begins, is under way or has ended; empty for {@link Kind#ENDED}
 * @param stepsDone steps that have ended, in order
 * @param state everything that a resumed operation needs
 * @param outcome how it ended; {@link OperationSummary.Outcome#UNFINISHED} before
 * @param message reason of a failure, or empty
 */
record JournalRecord(
        long sequence,
        Kind kind,
        long epoch,
        Instant at,
        String type,
        String step,
        List<String> stepsDone,
        JsonNode state,
        OperationSummary.Outcome outcome,
        String message) {
    JournalRecord {
        stepsDone = List.copyOf(stepsDone);
    }

    enum Kind {
        /** The operation was accepted; nothing has been done. */
        BEGUN,
        /** The step begins. */
        STEP_STARTED,
        /** The step is under way and has got as far as the state says. */
        STEP_SAVED,
        /** The step has ended well. */
        STEP_DONE,
        /** The process that worked on it gave up; it can be resumed. */
        SUSPENDED,
        /** The operation has ended. */
        ENDED
    }
}
