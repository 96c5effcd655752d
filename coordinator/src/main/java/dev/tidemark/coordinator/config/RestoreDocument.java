package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The part of a configuration that restores one namespace from one archive, as YAML that {@link ConfigurationReader} reads. A user in an
 * address is taken out: a configuration may have one although it should not.
 *
 * @param tree the document
 * @param yaml the same as text
 */
record RestoreDocument(JsonNode tree, String yaml) {
    private static final Pattern USER = Pattern.compile("://[^/@]*@");

    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.NON_EMPTY))
            .addModule(new SimpleModule("texts")
                    .addSerializer(new AsText<>(Path.class))
                    .addSerializer(new AsText<>(Duration.class)))
            .build();

    static RestoreDocument of(
            ArchiveConfiguration archive,
            String archiveId,
            OracleConfiguration oracle,
            String namespace,
            Map<String, StoreConfiguration> stores) {
        ObjectNode tree = MAPPER.valueToTree(new Content(archive, oracle, Map.of(namespace, new Stores(stores))));
        ObjectNode of = (ObjectNode) tree.get("archive");
        of.put("id", archiveId);
        of.remove("retention");
        withoutUsers(tree);
        try {
            return new RestoreDocument(tree, MAPPER.writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is a document", e);
        }
    }

    private static void withoutUsers(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                entry.setValue(withoutUser(entry.getValue()));
                withoutUsers(entry.getValue());
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, withoutUser(array.get(i)));
                withoutUsers(array.get(i));
            }
        }
    }

    private static JsonNode withoutUser(JsonNode node) {
        return node.isTextual() ? TextNode.valueOf(USER.matcher(node.asText()).replaceAll("://")) : node;
    }

    private record Content(ArchiveConfiguration archive, OracleConfiguration oracle, Map<String, Stores> namespaces) {}

    private record Stores(Map<String, StoreConfiguration> stores) {}

    private static final class AsText<T> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;

        private AsText(Class<T> type) {
            super(type);
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(value.toString());
        }
    }
}
