package dev.tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An operation of an OpenAPI document.
 *
 * @param method of HTTP
 * @param path with the names of its parameters in braces
 * @param document what the document says of it
 */
record OpenApiOperation(String method, String path, JsonNode document) {
    static List<OpenApiOperation> all(JsonNode openApi) {
        List<OpenApiOperation> all = new ArrayList<>();
        openApi.get("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(operation -> all.add(new OpenApiOperation(
                        operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue()))));
        return all;
    }

    boolean isOpen() {
        return document.get("security").isEmpty();
    }

    String role() {
        return document.path("x-tidemark-role").asText();
    }

    boolean hasBody() {
        return document.has("requestBody");
    }

    boolean hasParameter(String name) {
        return path.contains("{" + name + "}");
    }

    /** Returns the path with values for its parameters, as they are. */
    String at(Map<String, String> values) {
        String result = path;
        for (Map.Entry<String, String> value : values.entrySet()) {
            result = result.replace("{" + value.getKey() + "}", value.getValue());
        }
        return result;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
