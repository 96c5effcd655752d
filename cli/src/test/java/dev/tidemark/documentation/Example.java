package dev.tidemark.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A command of a page and what the page says of it.
 *
 * @param line line of the page, from 1
 * @param command for {@code bash}
 * @param exitCode what it must exit with
 * @param expected lines that it must print, on standard output when it exits with 0, else on standard error; {@code ...}
 *     stands for any text, on a line of its own for any lines; when there are none, it may print anything
 */
public record Example(int line, String command, int exitCode, List<String> expected) {
    private static final String BLOCK = ".. code-block:: console";
    private static final String PROMPT = "$ ";
    private static final String EXIT_CODE = "# exit code ";
    private static final String ANYTHING = "...";

    public Example {
        expected = List.copyOf(expected);
    }

    /** Returns the examples of a page in order. */
    public static List<Example> of(List<String> page) {
        List<Example> examples = new ArrayList<>();
        boolean isInBlock = false;
        Example current = null;
        for (int i = 0; i < page.size(); i++) {
            String text = page.get(i);
            if (text.startsWith(BLOCK)) {
                isInBlock = true;
                continue;
            }
            if (!isInBlock || text.isBlank()) {
                continue;
            }
            if (!text.startsWith("   ")) {
                isInBlock = false;
                current = add(examples, current);
                continue;
            }
            String content = text.substring(3);
            if (content.startsWith(PROMPT)) {
                add(examples, current);
                current = new Example(i + 1, content.substring(PROMPT.length()), 0, List.of());
            } else if (current == null) {
                throw new IllegalArgumentException("line " + (i + 1) + " has output before any command: " + content);
            } else if (content.startsWith(EXIT_CODE)) {
                int exitCode = Integer.parseInt(content.substring(EXIT_CODE.length()));
                current = new Example(current.line, current.command, exitCode, current.expected);
            } else {
                List<String> expected = new ArrayList<>(current.expected);
                expected.add(content);
                current = new Example(current.line, current.command, current.exitCode, expected);
            }
        }
        add(examples, current);
        return examples;
    }

    private static Example add(List<Example> examples, Example current) {
        if (current != null) {
            examples.add(current);
        }
        return null;
    }

    /** Tells whether an output is what the page says. */
    public boolean matches(String output) {
        if (expected.isEmpty()) {
            return true;
        }
        String pattern = expected.stream()
                .map(text -> text.equals(ANYTHING) ? "(?:[^\n]*\n)*" : quote(text) + "\\s*\n")
                .collect(Collectors.joining());
        return Pattern.matches(pattern, output.strip() + "\n");
    }

    private static String quote(String text) {
        return List.of(text.split(Pattern.quote(ANYTHING), -1)).stream()
                .map(Pattern::quote)
                .collect(Collectors.joining("[^\n]*"));
    }
}
