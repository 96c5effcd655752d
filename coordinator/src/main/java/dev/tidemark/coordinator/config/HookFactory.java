package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.hook.CommandAction;
import dev.tidemark.coordinator.hook.Hook;
import dev.tidemark.coordinator.hook.HookAction;
import dev.tidemark.coordinator.hook.Hooks;
import dev.tidemark.coordinator.hook.HttpAction;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.outbound.HostResolver;
import dev.tidemark.coordinator.outbound.OutboundAddresses;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Makes hooks of what is configured. */
final class HookFactory {
    /** What every program may know of where it runs. */
    private static final List<String> ALWAYS_PASSED = List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER");

    private final UnaryOperator<String> environment;
    private final EngineSeams seams;
    private final HostResolver resolver;

    HookFactory(UnaryOperator<String> environment, EngineSeams seams, HostResolver resolver) {
        this.environment = environment;
        this.seams = seams;
        this.resolver = resolver;
    }

    Hooks hooks(List<HookConfiguration> configured) {
        return new Hooks(configured.stream()
                .map(hook -> new Hook(hook.moment(), action(hook), hook.timeout(), hook.failure()))
                .toList());
    }

    private HookAction action(HookConfiguration hook) {
        if (hook.command().isEmpty()) {
            SecretReader secrets = new SecretReader(environment);
            TokenConfiguration token = hook.token();
            return new HttpAction(
                    hook.url(),
                    hook.method(),
                    hook.headers(),
                    () -> token == null ? "" : secrets.line("token of a hook", token.file(), token.environment()),
                    new OutboundAddresses(hook.allowAddresses(), resolver),
                    seams.workers());
        }
        Map<String, String> variables = new TreeMap<>();
        ALWAYS_PASSED.forEach(name -> pass(name, variables));
        hook.passEnvironment().forEach(name -> pass(name, variables));
        variables.putAll(hook.environment());
        return new CommandAction(hook.command(), variables, seams.monotonicClock());
    }

    private void pass(String name, Map<String, String> variables) {
        String value = environment.apply(name);
        if (value != null) {
            variables.put(name, value);
        }
    }
}
