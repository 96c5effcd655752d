package dev.tidemark.kvs.rocksdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The JSON that the owner of a store and those who ask it exchange: descriptions and errors. */
final class EndpointMessages {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EndpointMessages() {}

    static byte[] encode(StoreDescription description) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("type", description.type());
        json.put("version", description.version());
        ArrayNode nodes = json.putArray("nodes");
        for (NodeDescription node : description.nodes()) {
            ArrayNode ranges = nodes.addObject()
                    .put("id", node.id().id())
                    .put("up", node.isUp())
                    .putArray("tokenRanges");
            node.tokenRanges().forEach(ranges::add);
        }
        json.put("replicationFactor", description.replicationFactor());
        json.put("writeQuorum", description.writeQuorum());
        ArrayNode tables = json.putArray("tables");
        description.tables().forEach(table -> tables.add(table.name()));
        ObjectNode schema = json.putObject("schema");
        description.schema().forEach(schema::put);
        ObjectNode schemas = json.putObject("transactionsSchemas");
        description
                .transactionsSchemas()
                .firstTimestampToVersion()
                .forEach((first, version) -> schemas.put(Long.toString(first), version));
        json.put("earliestReadableTimestamp", description.earliestReadableTimestamp());
        return JSON.writeValueAsBytes(json);
    }

    /**
     * Decodes a description.
     *
     * @throws IOException when it is not one
     */
    static StoreDescription decodeDescription(byte[] content) throws IOException {
        JsonNode json = JSON.readTree(content);
        try {
            List<NodeDescription> nodes = new ArrayList<>();
            for (JsonNode node : json.required("nodes")) {
                List<String> ranges = new ArrayList<>();
                node.required("tokenRanges").forEach(range -> ranges.add(range.asText()));
                nodes.add(new NodeDescription(
                        new NodeId(node.required("id").asText()),
                        node.required("up").asBoolean(),
                        ranges));
            }
            TreeSet<TableName> tables = new TreeSet<>();
            json.required("tables").forEach(table -> tables.add(TableName.of(table.asText())));
            Map<String, String> schema = new HashMap<>();
            json.required("schema")
                    .properties()
                    .forEach(
                            entry -> schema.put(entry.getKey(), entry.getValue().asText()));
            TreeMap<Long, Integer> schemas = new TreeMap<>();
            json.required("transactionsSchemas")
                    .properties()
                    .forEach(entry -> schemas.put(
                            Long.parseLong(entry.getKey()), entry.getValue().asInt()));
            return new StoreDescription(
                    json.required("type").asText(),
                    json.required("version").asText(),
                    nodes,
                    json.required("replicationFactor").asInt(),
                    json.required("writeQuorum").asInt(),
                    tables,
                    schema,
                    new TransactionsSchemaMap(schemas),
                    Long.MAX_VALUE,
                    json.required("earliestReadableTimestamp").asLong(),
                    StoreDescription.NO_SKEW_LIMIT);
        } catch (IllegalArgumentException e) {
            throw new IOException("the owner of the store sent a description that can't be read", e);
        }
    }

    static byte[] encode(TidemarkException error) throws IOException {
        return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("code", error.code().name())
                .put("message", error.getMessage())
                .put("hint", error.hint()));
    }

    /**
     * Decodes an error.
     *
     * @throws IOException when it is not one
     */
    static KeyValueStoreException decodeError(byte[] content) throws IOException {
        JsonNode json = JSON.readTree(content);
        try {
            return new KeyValueStoreException(
                    ErrorCode.valueOf(json.required("code").asText()),
                    json.required("message").asText(),
                    json.required("hint").asText());
        } catch (IllegalArgumentException e) {
            throw new IOException("the owner of the store sent an error that can't be read", e);
        }
    }
}
