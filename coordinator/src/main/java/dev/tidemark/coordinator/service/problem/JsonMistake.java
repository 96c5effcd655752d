package dev.tidemark.coordinator.service.problem;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.tidemark.kvs.NearestName;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says what is wrong with a body, and where, without a word about the program and without repeating what may be a secret. */
final class JsonMistake {
    private JsonMistake() {}

    /** Returns one clause, such as {@code unknown field 'lable' (did you mean 'label'?) at line 1, column 9}. */
    static String describe(JsonProcessingException error) {
        return reason(error) + place(error);
    }

    private static String reason(JsonProcessingException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof InputCoercionException) {
                return in(path(error)) + "a number is out of its range";
            }
            if (cause instanceof StreamConstraintsException) {
                return "more than " + StrictJson.MAX_DEPTH + " levels, a number of more than " + StrictJson.MAX_DIGITS
                        + " digits, or a text of more than " + StrictJson.MAX_TEXT + " characters";
            }
        }
        if (error instanceof UnrecognizedPropertyException unknown) {
            return unknownField(unknown);
        }
        if (error instanceof ValueInstantiationException
                && error.getCause() instanceof IllegalArgumentException constraint) {
            return in(path(error)) + constraint.getMessage();
        }
        if (error instanceof MismatchedInputException mismatch) {
            String path = path(error);
            return (path.isEmpty() ? "the body" : "'" + path + "'") + " is missing or not acceptable"
                    + expectation(mismatch.getTargetType());
        }
        return "not JSON, or a field that is there twice";
    }

    private static String unknownField(UnrecognizedPropertyException error) {
        Set<String> known = new TreeSet<>();
        if (error.getKnownPropertyIds() != null) {
            error.getKnownPropertyIds().forEach(id -> known.add(String.valueOf(id)));
        }
        return "unknown field '" + path(error) + "'"
                + NearestName.of(error.getPropertyName(), known)
                        .map(name -> " (did you mean '" + name + "'?)")
                        .orElse("");
    }

    private static String expectation(Class<?> target) {
        if (target == null) {
            return "";
        }
        if (target.isEnum()) {
            return " (expected: one of the words that the page on the HTTP API lists)";
        }
        if (target == String.class) {
            return " (expected: text)";
        }
        if (target == Boolean.class || target == boolean.class) {
            return " (expected: true or false)";
        }
        if (Number.class.isAssignableFrom(target) || target.isPrimitive()) {
            return " (expected: a number within its range)";
        }
        if (Collection.class.isAssignableFrom(target) || target.isArray()) {
            return " (expected: a list)";
        }
        if (target.isRecord() || Map.class.isAssignableFrom(target)) {
            return " (expected: an object)";
        }
        return "";
    }

    private static String in(String path) {
        return path.isEmpty() ? "" : "in '" + path + "': ";
    }

    private static String path(JsonProcessingException error) {
        if (!(error instanceof JsonMappingException mapping)) {
            return "";
        }
        return mapping.getPath().stream()
                .map(reference -> reference.getFieldName() == null
                        ? String.valueOf(reference.getIndex())
                        : reference.getFieldName())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."));
    }

    private static String place(JsonProcessingException error) {
        JsonLocation location = error.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
