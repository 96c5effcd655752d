package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The parameters of a task. Those that it does not know are refused. Immutable. */
final class TaskParameters {
    private static final int MAX_SHOWN = 100;

    private final Map<String, List<String>> values;

    /**
     * Takes parameters over.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when there is one that is not known
     */
    TaskParameters(Map<String, List<String>> values, Set<String> known) {
        this.values = new TreeMap<>(values);
        for (String name : this.values.keySet()) {
            if (!known.contains(name)) {
                throw invalid(
                        "unknown parameter '" + shown(name) + "'",
                        NearestName.of(name, known)
                                .map(nearest -> "Did you mean '" + nearest + "'?")
                                .orElse("Use one of: "
                                        + String.join(
                                                ", ", known.stream().sorted().toList()) + "."));
            }
        }
    }

    /** Returns all values of a parameter, none when it is not there. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** Returns the value of a parameter, or null when it is not there; refuses several. */
    String oneOrNull(String name) {
        List<String> given = all(name);
        if (given.size() > 1) {
            throw invalid("'" + name + "' is there " + given.size() + " times", "Give it once.");
        }
        return given.isEmpty() ? null : given.get(0);
    }

    /** Returns the value of a parameter that must be there. */
    String required(String name) {
        String value = oneOrNull(name);
        if (value == null || value.isEmpty()) {
            throw invalid("'" + name + "' is missing", "Add '" + name + "=...' to the query.");
        }
        return value;
    }

    /** Returns a parameter that is true or false, or null when it is not there. */
    Boolean flagOrNull(String name) {
        String value = oneOrNull(name);
        if (value == null) {
            return null;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw invalid("'" + name + "' is '" + shown(value) + "' (expected: true or false)", "Correct the query.");
        }
        return Boolean.valueOf(value);
    }

    boolean flag(String name, boolean otherwise) {
        Boolean value = flagOrNull(name);
        return value == null ? otherwise : value;
    }

    /** Returns a timestamp that must be there: digits, less than 2^63 - 1. */
    long timestamp(String name) {
        String text = required(name);
        if (text.matches("[0-9]{1,19}")) {
            try {
                long value = Long.parseLong(text);
                if (value < Long.MAX_VALUE) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // said below
            }
        }
        throw new CoordinatorException(
                ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                "'" + name + "' is '" + shown(text) + "' (expected: 0 to less than " + Long.MAX_VALUE + ")",
                "Check where the number comes from; nothing was changed.");
    }

    static CoordinatorException invalid(String message, String hint) {
        return new CoordinatorException(ErrorCode.INVALID_INPUT, message, hint);
    }

    static String shown(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    }
}
