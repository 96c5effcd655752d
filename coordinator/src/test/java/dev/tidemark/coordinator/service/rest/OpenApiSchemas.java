package dev.tidemark.coordinator.service.rest;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The schemas of bodies and answers, as Jackson reads and writes them. */
final class OpenApiSchemas {
    private final ObjectMapper mapper;
    private final Javadocs javadocs;
    private final Set<Class<?>> bodies = new HashSet<>();
    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private final Map<String, Class<?>> owners = new HashMap<>();
    private final List<String> undescribed = new ArrayList<>();

    OpenApiSchemas(ObjectMapper mapper, Javadocs javadocs) {
        this.mapper = mapper;
        this.javadocs = javadocs;
    }

    /** Returns the schema of what is answered. */
    ObjectNode answer(Class<?> type) {
        return schema(mapper.constructType(type));
    }

    /** Returns the schema of what is sent; to be called before those of answers that have it too. */
    ObjectNode body(Class<?> type) {
        bodies.add(type);
        return schema(mapper.constructType(type));
    }

    /** Tells whether a body of this type may be left out: nothing in it is required. */
    boolean isOptional(Class<?> type) {
        return !schemas.get(nameOf(type)).has("required");
    }

    /** Returns the schemas that were needed so far, by name. */
    Map<String, ObjectNode> all() {
        return schemas;
    }

    /** Returns the fields of which the sources say nothing. */
    List<String> undescribed() {
        return undescribed;
    }

    private ObjectNode schema(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (type.isCollectionLikeType() || type.isArrayType()) {
            ObjectNode list = type("array");
            list.set("items", schema(type.getContentType()));
            return list;
        }
        if (type.isMapLikeType()) {
            ObjectNode map = type("object");
            map.set("additionalProperties", schema(type.getContentType()));
            return map;
        }
        if (raw.isEnum()) {
            ObjectNode words = type("string");
            ArrayNode values = words.putArray("enum");
            for (Object constant : raw.getEnumConstants()) {
                values.add(mapper.convertValue(constant, String.class));
            }
            return words;
        }
        ObjectNode simple = simple(raw);
        return simple == null ? reference(raw) : simple;
    }

    private ObjectNode simple(Class<?> raw) {
        if (raw == String.class) {
            return type("string");
        }
        if (raw == Instant.class) {
            return type("string").put("format", "date-time");
        }
        if (raw == Duration.class) {
            return type("string").put("format", "duration");
        }
        if (raw == int.class || raw == Integer.class) {
            return type("integer").put("format", "int32");
        }
        if (raw == long.class || raw == Long.class) {
            return type("integer").put("format", "int64");
        }
        if (raw == double.class) {
            return type("number");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return type("boolean");
        }
        return raw == JsonNode.class || raw == Object.class ? mapper.createObjectNode() : null;
    }

    private ObjectNode type(String word) {
        return mapper.createObjectNode().put("type", word);
    }

    private ObjectNode reference(Class<?> raw) {
        String name = nameOf(raw);
        Class<?> owner = owners.putIfAbsent(name, raw);
        if (owner != null && owner != raw) {
            throw new IllegalStateException("two schemas " + name + ": " + owner + " and " + raw);
        }
        if (owner == null) {
            ObjectNode schema = mapper.createObjectNode();
            schemas.put(name, schema);
            define(raw, schema);
        }
        return mapper.createObjectNode().put("$ref", "#/components/schemas/" + name);
    }

    /** Types inside of resources are named without them. */
    static String nameOf(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        boolean isQualified = outer != null && !outer.getSimpleName().endsWith("Resource");
        return isQualified ? outer.getSimpleName() + "." + type.getSimpleName() : type.getSimpleName();
    }

    private void define(Class<?> type, ObjectNode schema) {
        String text = javadocs.ofType(type);
        if (!text.isEmpty()) {
            schema.put("description", text);
        }
        JsonSubTypes variants = type.getAnnotation(JsonSubTypes.class);
        if (variants != null) {
            ArrayNode one = schema.putArray("oneOf");
            ObjectNode discriminator = schema.putObject("discriminator");
            discriminator.put(
                    "propertyName", type.getAnnotation(JsonTypeInfo.class).property());
            ObjectNode mapping = discriminator.putObject("mapping");
            for (JsonSubTypes.Type variant : variants.value()) {
                ObjectNode reference = reference(variant.value());
                one.add(reference);
                mapping.set(variant.name(), reference.get("$ref"));
            }
            return;
        }
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = mapper.createArrayNode();
        boolean isBody = bodies.contains(type);
        addDiscriminator(type, properties);
        for (BeanPropertyDefinition property : properties(type, isBody)) {
            String said = javadocs.ofProperty(type, property.getName());
            if (said.isEmpty()) {
                undescribed.add(type.getName() + "." + property.getName());
            }
            properties.set(property.getName(), described(schema(property.getPrimaryType()), said));
            if (!isBody || !isOptional(said)) {
                required.add(property.getName());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (isBody) {
            schema.put("additionalProperties", false);
        }
    }

    private List<BeanPropertyDefinition> properties(Class<?> type, boolean isRead) {
        JavaType javaType = mapper.constructType(type);
        return isRead
                ? mapper.getDeserializationConfig().introspect(javaType).findProperties()
                : mapper.getSerializationConfig().introspect(javaType).findProperties();
    }

    private void addDiscriminator(Class<?> type, ObjectNode properties) {
        for (Class<?> parent : type.getInterfaces()) {
            JsonSubTypes variants = parent.getAnnotation(JsonSubTypes.class);
            if (variants != null) {
                for (JsonSubTypes.Type variant : variants.value()) {
                    if (variant.value() == type) {
                        String property =
                                parent.getAnnotation(JsonTypeInfo.class).property();
                        properties
                                .putObject(property)
                                .put("const", variant.name())
                                .put("description", "May be left out of a body.");
                    }
                }
            }
        }
    }

    static boolean isOptional(String said) {
        return said.contains("left out") || said.contains("null");
    }

    private ObjectNode described(ObjectNode schema, String said) {
        ObjectNode result = schema;
        if (said.contains("null")) {
            if (schema.has("$ref")) {
                result = mapper.createObjectNode();
                result.putArray("oneOf").add(schema).add(type("null"));
            } else if (schema.has("type")) {
                String word = schema.get("type").asText();
                schema.putArray("type").add(word).add("null");
            }
        }
        return said.isEmpty() ? result : result.put("description", said);
    }
}
