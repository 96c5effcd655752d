package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Role;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the service knows of a token. Holds no secret: a token can't be found from its hash.
 *
 * @param name of the caller; one person or program has one name, and may have several tokens
 * @param role of the caller
 * @param sha256 of the token's characters, as 64 hex digits
 * @param namespaces that the caller is limited to; null for all of them
 * @param expires from when on the token is refused; null for never
 */
public record TokenEntry(String name, Role role, String sha256, List<String> namespaces, Instant expires) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when one is missing or not acceptable
     */
    public TokenEntry {
        Names.requireCaller(name);
        Names.requirePresent("role", role);
        Names.requirePresent("sha256", sha256);
        if (!HASH.matcher(sha256).matches()) {
            // What stands here by mistake may be the token itself.
            throw new IllegalArgumentException(
                    "'sha256' of '" + name + "' is not a hash (expected: 64 hex digits in lower case)");
        }
        Names.requireNamespaces(namespaces);
        namespaces = namespaces == null ? null : List.copyOf(namespaces);
    }

    Caller caller() {
        return new Caller(name, role, Names.set(namespaces));
    }
}
