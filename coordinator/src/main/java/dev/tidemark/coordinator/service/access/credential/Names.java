package dev.tidemark.coordinator.service.access.credential;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Constraints that entries of the configuration have in common. */
final class Names {
    private static final Pattern CALLER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@ -]{0,99}");

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}");

    private Names() {}

    static void requirePresent(String key, Object value) {
        if (value == null) {
            throw new IllegalArgumentException("'" + key + "' is missing");
        }
    }

    static void requireCaller(String name) {
        requirePresent("name", name);
        if (!CALLER.matcher(name).matches()) {
            throw new IllegalArgumentException("'name' is '" + name
                    + "' (expected: 1 to 100 of A-Z a-z 0-9 _ . @ - and space, the first a letter or digit)");
        }
    }

    /** A list that is there and empty is a mistake: it would let in where it looks as if it kept out. */
    static void requireNamespaces(List<String> namespaces) {
        if (namespaces == null) {
            return;
        }
        if (namespaces.isEmpty()) {
            throw new IllegalArgumentException("'namespaces' is empty (expected: at least one, or no such key)");
        }
        for (String namespace : namespaces) {
            if (!NAMESPACE.matcher(String.valueOf(namespace)).matches()) {
                throw new IllegalArgumentException("'namespaces' has '" + namespace
                        + "' (expected: names of namespaces, 1 to 100 of A-Z a-z 0-9 _ -)");
            }
        }
    }

    static Set<String> set(List<String> namespaces) {
        return namespaces == null ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(namespaces));
    }
}
