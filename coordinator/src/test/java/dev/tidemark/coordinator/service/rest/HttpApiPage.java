package dev.tidemark.coordinator.service.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes the service's part of the page docs/http-api.rst from the OpenAPI document. */
final class HttpApiPage {
    static final String BEGIN = ".. What follows is made from the OpenAPI document.\n\n";
    static final String END = ".. This is the end of what is made from the OpenAPI document.\n";

    private static final int WIDTH = 120;
    private static final String REFERENCE = "#/components/schemas/";

    private final StringBuilder page = new StringBuilder();
    private final JsonNode document;

    private HttpApiPage(JsonNode document) {
        this.document = document;
    }

    /** Returns the part. */
    static String of(JsonNode document) {
        HttpApiPage page = new HttpApiPage(document);
        page.write();
        return page.page.toString();
    }

    private void write() {
        for (JsonNode tag : document.get("tags")) {
            heading(tag.get("name").asText());
            paragraph("", tag.get("description").asText());
            for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
                for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                    if (operation.getValue().at("/tags/0").equals(tag.get("name"))) {
                        operation(operation.getKey(), path.getKey(), operation.getValue());
                    }
                }
            }
        }
        heading("Types of the service");
        paragraph("", "A field that is marked with a question mark may be null in an answer, or left out of a body.");
        document.at("/components/schemas").properties().forEach(schema -> type(schema.getKey(), schema.getValue()));
    }

    private void heading(String text) {
        page.append(text).append('\n').append("^".repeat(text.length())).append("\n\n");
    }

    private void operation(String verb, String path, JsonNode operation) {
        page.append("``")
                .append(verb.toUpperCase(Locale.ROOT))
                .append(' ')
                .append(path)
                .append("``\n");
        String role = operation.path("x-tidemark-role").asText();
        String approval = operation.path("x-tidemark-approval").asText();
        paragraph(
                "    ",
                operation.get("summary").asText() + ". "
                        + operation.path("description").asText() + " "
                        + (role.isEmpty() ? "For everybody." : "Role ``" + role + "``.")
                        + (approval.isEmpty() ? "" : " May need an approval, as ``" + approval + "``.")
                        + " Operation ``" + operation.get("operationId").asText() + "``.");
        List<String> items = new ArrayList<>();
        for (JsonNode parameter : operation.path("parameters")) {
            if (!parameter.get("in").asText().equals("path")) {
                items.add((parameter.get("in").asText().equals("header") ? "header ``" : "query ``")
                        + parameter.get("name").asText() + "``: "
                        + parameter.get("description").asText() + preset(parameter.get("schema")));
            }
        }
        JsonNode body = operation.at("/requestBody/content/application~1json/schema");
        if (!body.isMissingNode()) {
            boolean isRequired = operation.at("/requestBody/required").asBoolean();
            items.add("body: " + name(body) + (isRequired ? "" : ", or none"));
        }
        operation.get("responses").properties().forEach(response -> {
            if (response.getKey().startsWith("2")) {
                items.add(answer(response.getKey(), response.getValue()));
            }
        });
        String errors = operation.get("responses").properties().stream()
                .map(Map.Entry::getKey)
                .filter(status -> !status.startsWith("2"))
                .collect(Collectors.joining(", "));
        items.add("errors: " + errors);
        items.forEach(item -> listed("    ", item));
        page.append('\n');
    }

    private static String answer(String status, JsonNode response) {
        Map.Entry<String, JsonNode> content =
                response.get("content").properties().iterator().next();
        JsonNode events = content.getValue().path("x-tidemark-event-data");
        String what = events.isMissingNode()
                ? name(content.getValue().get("schema"))
                : "events with " + name(events) + " as their data";
        boolean isJson = content.getKey().equals("application/json");
        return "answer: " + status + ", " + what + (isJson ? "" : ", ``" + content.getKey() + "``")
                + (response.has("headers") ? ", and its ``Location``" : "");
    }

    private static String preset(JsonNode schema) {
        return schema.has("default") ? "; ``" + schema.get("default").asText() + "`` by default" : "";
    }

    private void type(String name, JsonNode schema) {
        page.append("``").append(name).append("``\n");
        paragraph("    ", schema.path("description").asText(name));
        for (JsonNode variant : schema.path("oneOf")) {
            listed("    ", name(variant));
        }
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(field -> required.add(field.asText()));
        schema.path("properties").properties().forEach(field -> {
            boolean isLoose = !required.contains(field.getKey()) || isNullable(field.getValue());
            String said = field.getValue().path("description").asText();
            listed(
                    "    ",
                    "``" + field.getKey() + "``" + (isLoose ? "?" : "") + ", " + name(field.getValue())
                            + (said.isEmpty() ? "" : ": " + said));
        });
        page.append('\n');
    }

    private static boolean isNullable(JsonNode schema) {
        return schema.path("type").isArray() || schema.has("oneOf");
    }

    private static String name(JsonNode schema) {
        if (schema.has("oneOf")) {
            return name(schema.at("/oneOf/0"));
        }
        if (schema.has("$ref")) {
            return "``" + schema.get("$ref").asText().replace(REFERENCE, "") + "``";
        }
        if (schema.has("const")) {
            return "``\"" + schema.get("const").asText() + "\"``";
        }
        if (schema.has("enum")) {
            return words(schema.get("enum"));
        }
        JsonNode type = schema.path("type").isArray() ? schema.at("/type/0") : schema.path("type");
        return switch (type.asText()) {
            case "array" -> "list of " + name(schema.get("items"));
            case "object" ->
                schema.has("additionalProperties") ? name(schema.get("additionalProperties")) + " by name" : "object";
            case "string" -> schema.has("format") ? schema.get("format").asText() : "text";
            case "integer", "number", "boolean" -> type.asText();
            default -> "any JSON";
        };
    }

    private static String words(JsonNode values) {
        List<String> words = new ArrayList<>();
        values.forEach(value -> words.add("``" + value.asText() + "``"));
        return words.size() > 12 ? "one of " + words.size() + " words" : "one of " + String.join(", ", words);
    }

    private void paragraph(String indent, String text) {
        wrapped(indent, indent, text);
        page.append('\n');
    }

    private void listed(String indent, String text) {
        wrapped(indent + "- ", indent + "  ", text);
    }

    private void wrapped(String first, String others, String text) {
        StringBuilder line = new StringBuilder(first);
        boolean isEmpty = true;
        for (String word : Pattern.compile(" ").splitAsStream(markup(text)).toList()) {
            if (!isEmpty && line.length() + 1 + word.length() > WIDTH) {
                page.append(line).append('\n');
                line = new StringBuilder(others);
                isEmpty = true;
            }
            line.append(isEmpty ? "" : " ").append(word);
            isEmpty = false;
        }
        page.append(line).append('\n');
    }

    /** Code has one backtick in the document and two on the page. */
    private static String markup(String text) {
        return text.replaceAll("(?<!`)`([^`]+)`(?!`)", "``$1``")
                .replace("*", "\\*")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
