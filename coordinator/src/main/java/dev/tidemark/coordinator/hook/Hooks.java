package dev.tidemark.coordinator.hook;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hooks of a namespace, in the order in which they are run. Thread-safe. */
public final class Hooks {
    /** No hooks. */
    public static final Hooks NONE = new Hooks(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);
    private static final int MAX_NOTE = 500;

    private final List<Hook> hooks;

    /** Creates a list of hooks. */
    public Hooks(List<Hook> hooks) {
        this.hooks = List.copyOf(hooks);
    }

    /** Tells whether there is nothing to run at a moment. */
    boolean isEmpty(HookMoment moment) {
        return hooks.stream().noneMatch(hook -> hook.moment() == moment);
    }

    /**
     * Runs the hooks of a moment, one after the other.
     *
     * @param ensureHeld called before each: throws when another process has taken over
     * @param notes is told of those that have failed
     * @throws CoordinatorException {@link ErrorCode#HOOK_FAILED} at the first that fails and may not, {@link ErrorCode#INTERRUPTED}
     */
    void run(HookFacts facts, Runnable ensureHeld, Consumer<String> notes) {
        for (Hook hook : hooks) {
            if (hook.moment() == facts.moment()) {
                ensureHeld.run();
                run(hook, facts, notes);
            }
        }
    }

    private static void run(Hook hook, HookFacts facts, Consumer<String> notes) {
        HookResult result;
        try {
            result = hook.action().run(facts, hook.limit());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(
                    ErrorCode.INTERRUPTED, "interrupted in a hook", "Run 'tidemark resume' to go on.", e);
        }
        String name = facts.moment().word() + " hook " + hook.action().describe();
        LOG.info(
                "{}: {} of {}: {}",
                facts.operation(),
                name,
                facts.namespace(),
                result.isSuccess() ? "ok" : result.problem());
        if (!result.output().isEmpty()) {
            LOG.info("{}: {} printed: {}", facts.operation(), name, result.output());
        }
        if (result.isSuccess()) {
            return;
        }
        String message = name + " " + result.problem() + lastOutput(result.output());
        if (hook.onFailure() == Hook.OnFailure.FAIL) {
            throw new CoordinatorException(
                    ErrorCode.HOOK_FAILED,
                    message,
                    "Mend what the hook does, or set its 'onFailure' to 'warn', and run the command again.");
        }
        notes.accept(message);
    }

    /** Why a program has failed stands at the end of what it prints. */
    private static String lastOutput(String output) {
        String line = output.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
        int from = Math.max(0, line.length() - MAX_NOTE);
        return line.isEmpty() ? "" : ": " + line.substring(from);
    }
}
