package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;

/** What the resources have in common: where they are, and how they read what comes in a path or a query. */
final class RestPaths {
    static final String ROOT = "/api/v1";
    static final String NAMESPACES = ROOT + "/namespaces";

    private static final int MAX_SHOWN = 100;

    private RestPaths() {}

    static int number(String name, String text, int min, int max) {
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw invalid(name, text, "a number from " + min + " to " + max);
    }

    static void requireBody(Object body) {
        if (body == null) {
            throw invalid("body", "", "an object, as the page on the service says");
        }
    }

    static CoordinatorException invalid(String name, String text, String expected) {
        String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "'" + name + "' is '" + shown.replaceAll("\\p{Cntrl}", " ") + "' (expected: " + expected + ")",
                "Compare the request with the page on the HTTP API.");
    }
}
