package dev.tidemark.timestamp.service;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which namespaces a request may create: names, in which {@code *} stands for any characters. An empty list allows all. */
final class AllowedNames {
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_*-]{1,200}");

    private final List<Pattern> patterns;

    AllowedNames(List<String> patterns) {
        this.patterns = patterns.stream().map(AllowedNames::compile).toList();
    }

    boolean contains(String name) {
        return patterns.isEmpty()
                || patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    private static Pattern compile(String pattern) {
        if (!FORM.matcher(pattern).matches()) {
            throw new IllegalArgumentException(
                    "allowedNamespaces: '" + pattern + "' (expected: 1 to 200 of A-Z a-z 0-9 _ - and *)");
        }
        return Pattern.compile(pattern.chars()
                .mapToObj(c -> c == '*' ? ".*" : String.valueOf((char) c))
                .collect(Collectors.joining()));
    }
}
