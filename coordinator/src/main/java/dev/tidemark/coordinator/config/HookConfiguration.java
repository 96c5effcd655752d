package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.hook.Hook;
import dev.tidemark.coordinator.hook.HookMoment;
import dev.tidemark.coordinator.outbound.HostResolver;
import dev.tidemark.coordinator.outbound.OutboundAddresses;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A hook: a command or an HTTP request. Holds no secret itself, as long as nobody writes one into a header.
 *
 * @param when word of a {@link HookMoment}
 * @param command the program and its arguments; null for a request
 * @param environment variables of the command; none when left out
 * @param passEnvironment names of variables of this process that the command gets; none when left out
 * @param url where a request goes; null for a command
 * @param method of the request; POST when left out
 * @param headers of the request; none when left out
 * @param token bearer token of the request; null for none
 * @param allowAddresses addresses and ranges that are called although they are loopback or link-local; none when left out
 * @param timeout PT1M when left out
 * @param onFailure {@code fail} or {@code warn}; when left out, {@code fail} before an operation and {@code warn} after it
 */
public record HookConfiguration(
        String when,
        List<String> command,
        Map<String, String> environment,
        List<String> passEnvironment,
        URI url,
        String method,
        Map<String, String> headers,
        TokenConfiguration token,
        List<String> allowAddresses,
        Duration timeout,
        String onFailure) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);
    private static final Set<String> METHODS = Set.of("POST", "PUT");

    /** Checks the values and applies the defaults. */
    public HookConfiguration {
        Required.present("when", when);
        Required.that(
                HookMoment.of(when).isPresent(),
                "'when' is '" + when + "' (expected: one of "
                        + Arrays.stream(HookMoment.values())
                                .map(HookMoment::word)
                                .collect(Collectors.joining(", "))
                        + ")");
        Required.that((command == null) != (url == null), "needs exactly one of 'command' and 'url'");
        Required.that(
                command == null || !command.isEmpty() && !command.get(0).isEmpty(),
                "'command' is empty (expected: a program and its arguments)");
        command = command == null ? List.of() : List.copyOf(command);
        boolean isCommand = !command.isEmpty();
        Required.that(
                isCommand || environment == null && passEnvironment == null,
                "'environment' and 'passEnvironment' belong to a 'command'");
        Required.that(
                !isCommand || method == null && headers == null && token == null && allowAddresses == null,
                "'method', 'headers', 'token' and 'allowAddresses' belong to a 'url'");
        environment = environment == null ? Map.of() : Map.copyOf(environment);
        passEnvironment = passEnvironment == null ? List.of() : List.copyOf(passEnvironment);
        Required.that(
                url == null || url.getHost() != null && Set.of("http", "https").contains(url.getScheme()),
                "'url' is '" + url + "' (expected: an address that begins with http:// or https://)");
        Required.that(url == null || url.getRawUserInfo() == null, "'url' has a user in it (expected: 'token')");
        method = method == null ? "POST" : method;
        Required.that(METHODS.contains(method), "'method' is '" + method + "' (expected: POST or PUT)");
        headers = headers == null ? Map.of() : new TreeMap<>(headers);
        Required.that(
                headers.keySet().stream().noneMatch("Authorization"::equalsIgnoreCase),
                "'headers' has 'Authorization' (expected: 'token', which names a file or a variable)");
        allowAddresses = allowAddresses == null ? List.of() : List.copyOf(allowAddresses);
        new OutboundAddresses(allowAddresses, HostResolver.system());
        timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
        boolean isBefore = HookMoment.of(when).orElseThrow().isBefore();
        onFailure = onFailure == null ? (isBefore ? "fail" : "warn") : onFailure;
        Required.that(
                Set.of("fail", "warn").contains(onFailure),
                "'onFailure' is '" + onFailure + "' (expected: fail or warn)");
        Hook.check(HookMoment.of(when).orElseThrow(), timeout, onFailure(onFailure));
    }

    HookMoment moment() {
        return HookMoment.of(when).orElseThrow();
    }

    Hook.OnFailure failure() {
        return onFailure(onFailure);
    }

    private static Hook.OnFailure onFailure(String word) {
        return word.equals("fail") ? Hook.OnFailure.FAIL : Hook.OnFailure.WARN;
    }
}
