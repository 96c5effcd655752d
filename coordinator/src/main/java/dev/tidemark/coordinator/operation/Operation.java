package dev.tidemark.coordinator.operation;

import dev.tidemark.kvs.ErrorCode;
import java.util.List;

/**
 * An operation as a list of named steps over an explicit state. Everything that a step learns and that a later one, in
 * this process or another, needs is in the state.
 *
 * @param <S> the state: a record that goes through JSON
 */
public interface Operation<S> {
    /** Returns the type, as it stands in the journal. */
    String type();

    /** Returns the class of the state. */
    Class<S> stateType();

    /** Returns the steps in order. */
    List<Step<S>> steps();

    /**
     * Decides where a resumed operation goes on, when the step in which it was interrupted may have been lost with its
     * process.
     *
     * @param interruptedStep the step that had begun, or would be next
     * @return the state and the step to go on with
     */
    Transition<S> resume(S state, String interruptedStep, StepContext<S> context);

    /** Tells whether there is nothing to do in a step, so that it is passed over and the journal does not have it. */
    default boolean isSkipped(String step) {
        return false;
    }

    /** Tells whether a failure in the step ends the operation; otherwise it stays unfinished, to be resumed. */
    boolean isFailureFinal(String step, ErrorCode code);

    /** Tells whether the operation can be cancelled after it was interrupted in the step. */
    boolean isCancellable(String step);

    /** Frees what the operation holds outside, after a failure or to cancel it. Idempotent; state as it was last saved. */
    void cleanUp(S state, StepContext<S> context);

    /**
     * Ends this process's part after another one has taken over, which may have been noticed only after a change. What the other
     * process may use is left alone; once the operation has ended ({@link StepContext#hasEnded}) nobody uses what bears its name,
     * and what this process has put there too late is removed.
     *
     * @param state as this process knew it last
     */
    void overtaken(S state, StepContext<S> context);

    /**
     * Returns what the operation is about, for the audit log: a backup, a timestamp, what was removed; one line, or empty.
     *
     * @param state the state that it begins or ends with
     */
    default String subject(S state) {
        return "";
    }

    /**
     * A step. Running it twice has the effect of running it once.
     *
     * @param name lower-case words joined by dashes; part of the journal's format
     */
    record Step<S>(String name, Body<S> body) {}

    /** What a step does. */
    @FunctionalInterface
    interface Body<S> {
        /**
         * Runs the step.
         *
         * @return the new state, and which step follows
         */
        Transition<S> run(S state, StepContext<S> context);
    }

    /**
     * Where an operation goes from here.
     *
     * @param step name of the step to run, or {@link #FOLLOWING}
     */
    record Transition<S>(S state, String step) {
        /** Stands for the step that follows in the list, or the end. */
        public static final String FOLLOWING = "";

        /** Goes on with the step that follows in the list. */
        public static <S> Transition<S> next(S state) {
            return new Transition<>(state, FOLLOWING);
        }

        /** Goes on with the step of this name, also an earlier one. */
        public static <S> Transition<S> goTo(String step, S state) {
            return new Transition<>(state, step);
        }
    }
}
