package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares JSON with a schema of an OpenAPI document, as far as the documents of the service go; stricter in that a field of an answer
 * that the schema does not name is wrong, too.
 */
final class SchemaCheck {
    private SchemaCheck() {}

    static void check(JsonNode document, JsonNode schema, JsonNode value, String at) {
        assertThat(schema.isMissingNode()).as(at + ": has no schema").isFalse();
        if (schema.has("$ref")) {
            check(document, document.at(schema.get("$ref").asText().substring(1)), value, at);
        } else if (schema.has("oneOf")) {
            checkOneOf(document, schema, value, at);
        } else if (schema.has("const")) {
            assertThat(value).as(at).isEqualTo(schema.get("const"));
        } else if (schema.has("type")) {
            checkType(document, schema, value, at);
        }
    }

    private static void checkOneOf(JsonNode document, JsonNode schema, JsonNode value, String at) {
        JsonNode discriminator = schema.path("discriminator");
        if (!discriminator.isMissingNode()) {
            String word = value.get(discriminator.get("propertyName").asText()).asText();
            String reference = discriminator.get("mapping").path(word).asText();
            check(document, document.at(reference.substring(1)), value, at + "." + word);
        } else if (!value.isNull()) {
            check(document, schema.at("/oneOf/0"), value, at);
        } else {
            assertThat(schema.at("/oneOf/1/type").asText()).as(at).isEqualTo("null");
        }
    }

    private static void checkType(JsonNode document, JsonNode schema, JsonNode value, String at) {
        List<String> types = new ArrayList<>();
        if (schema.get("type").isArray()) {
            schema.get("type").forEach(type -> types.add(type.asText()));
        } else {
            types.add(schema.get("type").asText());
        }
        if (value == null || value.isNull()) {
            assertThat(types).as(at + " is null").contains("null");
            return;
        }
        switch (types.get(0)) {
            case "object" -> {
                if (schema.size() > 1) { // of the document itself nothing more is said
                    checkObject(document, schema, value, at);
                }
            }
            case "array" -> {
                assertThat(value.isArray()).as(at).isTrue();
                value.forEach(element -> check(document, schema.get("items"), element, at + "[]"));
            }
            case "integer" -> assertThat(value.isIntegralNumber()).as(at).isTrue();
            case "number" -> assertThat(value.isNumber()).as(at).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(at).isTrue();
            default -> checkText(schema, value, at);
        }
    }

    private static void checkText(JsonNode schema, JsonNode value, String at) {
        assertThat(value.isTextual()).as(at).isTrue();
        if (schema.has("enum")) {
            assertThat(schema.get("enum")).as(at).contains(value);
        }
        if (schema.path("format").asText().equals("date-time")) {
            assertThat(value.asText()).as(at).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
        }
    }

    private static void checkObject(JsonNode document, JsonNode schema, JsonNode value, String at) {
        assertThat(value.isObject()).as(at).isTrue();
        schema.path("required").forEach(field -> assertThat(value.has(field.asText()))
                .as(at + "." + field.asText())
                .isTrue());
        JsonNode others = schema.path("additionalProperties");
        value.properties().forEach(field -> {
            JsonNode known = schema.path("properties").path(field.getKey());
            check(document, known.isMissingNode() ? others : known, field.getValue(), at + "." + field.getKey());
        });
    }
}
