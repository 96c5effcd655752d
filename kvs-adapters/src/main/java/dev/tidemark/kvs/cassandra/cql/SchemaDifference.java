package dev.tidemark.kvs.cassandra.cql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says how two statements that create the same thing differ. */
final class SchemaDifference {
    private static final String OPTIONS = "\n) WITH ";

    private SchemaDifference() {}

    /**
     * Compares.
     *
     * @param name of what the statements create
     * @param live what there is, or null when there is nothing
     * @return one line for each difference
     */
    static List<String> of(String name, String saved, String live) {
        if (live == null) {
            return List.of("'" + name + "' is missing");
        }
        List<String> differences = new ArrayList<>();
        if (!definition(saved).equals(definition(live))) {
            differences.add("'" + name + "' is '" + oneLine(definition(live)) + "' (expected: '"
                    + oneLine(definition(saved)) + "')");
        }
        Map<String, String> liveOptions = options(live);
        options(saved).forEach((option, value) -> {
            String liveValue = liveOptions.get(option);
            if (liveValue != null && !liveValue.equals(value)) {
                differences.add(
                        "option '" + option + "' of '" + name + "' is " + liveValue + " (expected: " + value + ")");
            }
        });
        for (String flag : List.of("COMPACT STORAGE", "CLUSTERING ORDER BY")) {
            if (options(saved).containsKey(flag) != liveOptions.containsKey(flag)) {
                differences.add("'" + name + "' has " + (liveOptions.containsKey(flag) ? "" : "no ") + flag
                        + " (expected: " + (liveOptions.containsKey(flag) ? "none" : "it") + ")");
            }
        }
        return differences;
    }

    /** What stands before the options. */
    private static String definition(String statement) {
        int options = statement.indexOf(OPTIONS);
        return options < 0 ? statement : statement.substring(0, options);
    }

    private static Map<String, String> options(String statement) {
        Map<String, String> options = new LinkedHashMap<>();
        int start = statement.indexOf(OPTIONS);
        if (start < 0) {
            return options;
        }
        String text = SchemaTexts.withoutId(statement.substring(start + OPTIONS.length()));
        for (String option : text.replaceFirst(";$", "").split("\n    AND ", -1)) {
            int equals = option.indexOf(" = ");
            int bracket = option.indexOf(" (");
            int end = equals >= 0 ? equals : bracket;
            options.put(
                    end < 0 ? option : option.substring(0, end),
                    end < 0 ? "" : option.substring(end).replaceFirst("^ = ", ""));
        }
        return options;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
