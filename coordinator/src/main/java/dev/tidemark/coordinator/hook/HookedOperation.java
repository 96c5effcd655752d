package dev.tidemark.coordinator.hook;

import dev.tidemark.coordinator.operation.Operation;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * An operation with a step for its hooks before its first step and another one after its last. Both are in the journal, so whoever
 * resumes the operation runs the hooks of a step that was interrupted again, all of them, and those of a step that was done not.
 * After a failure, or when the operation is cancelled, the hooks of the end follow the clean-up.
 *
 * @param <S> the state
 */
public final class HookedOperation<S> implements Operation<S> {
    /** Name of the first step. */
    static final String BEFORE = "before-hooks";

    /** Name of the last step. */
    static final String AFTER = "after-hooks";

    private final Operation<S> operation;
    private final Hooks hooks;
    private final Subject<S> subject;

    /**
     * Adds hooks.
     *
     * @param subject tells what the hooks are to know
     */
    public HookedOperation(Operation<S> operation, Hooks hooks, Subject<S> subject) {
        this.operation = operation;
        this.hooks = hooks;
        this.subject = subject;
    }

    @Override
    public String type() {
        return operation.type();
    }

    @Override
    public Class<S> stateType() {
        return operation.stateType();
    }

    /** Both steps are always there: the hooks may be taken out of the configuration while the operation is interrupted. */
    @Override
    public List<Step<S>> steps() {
        List<Step<S>> steps = new ArrayList<>();
        steps.add(new Step<>(BEFORE, (state, context) -> {
            run(subject.before(), "", state, context);
            return Transition.next(state);
        }));
        steps.addAll(operation.steps());
        steps.add(new Step<>(AFTER, (state, context) -> {
            run(subject.after(), "SUCCEEDED", state, context);
            return Transition.next(state);
        }));
        return steps;
    }

    @Override
    public boolean isSkipped(String step) {
        return switch (step) {
            case BEFORE -> hooks.isEmpty(subject.before());
            case AFTER -> hooks.isEmpty(subject.after());
            default -> operation.isSkipped(step);
        };
    }

    @Override
    public Transition<S> resume(S state, String interruptedStep, StepContext<S> context) {
        return isOwn(interruptedStep)
                ? Transition.goTo(interruptedStep, state)
                : operation.resume(state, interruptedStep, context);
    }

    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return isOwn(step) ? step.equals(BEFORE) : operation.isFailureFinal(step, code);
    }

    @Override
    public boolean isCancellable(String step) {
        return isOwn(step) ? step.equals(BEFORE) : operation.isCancellable(step);
    }

    @Override
    public void cleanUp(S state, StepContext<S> context) {
        operation.cleanUp(state, context);
        run(subject.after(), subject.outcomeAfterCleanUp(), state, context);
    }

    @Override
    public void overtaken(S state, StepContext<S> context) {
        operation.overtaken(state, context);
    }

    @Override
    public String subject(S state) {
        return operation.subject(state);
    }

    private static boolean isOwn(String step) {
        return step.equals(BEFORE) || step.equals(AFTER);
    }

    private void run(HookMoment moment, String outcome, S state, StepContext<S> context) {
        HookFacts facts = new HookFacts(
                moment,
                subject.namespace(),
                context.operationId(),
                type(),
                subject.backup().apply(state, context),
                outcome);
        hooks.run(facts, context::ensureHeld, context::note);
    }

    /**
     * What hooks are to know of an operation.
     *
     * @param namespace its namespace
     * @param before the moment before it
     * @param after the moment after it
     * @param backup tells the id of the backup that it is about
     * @param outcomeAfterCleanUp {@code FAILED}, or {@code CANCELLED} when it is run to be cancelled
     * @param <S> its state
     */
    public record Subject<S>(
            String namespace,
            HookMoment before,
            HookMoment after,
            BiFunction<S, StepContext<S>, String> backup,
            String outcomeAfterCleanUp) {}
}
