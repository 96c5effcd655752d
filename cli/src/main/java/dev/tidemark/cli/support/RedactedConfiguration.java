package dev.tidemark.cli.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tidemark.coordinator.service.problem.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A configuration without its secrets. It is read as it stands in the file: environment variables stay names. Comments go, since nobody
 * knows what is in them.
 */
public final class RedactedConfiguration {
    /** A value under such a key, or anything below it, is a secret unless its own key is one of {@link #HARMLESS}. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i).*(password|passwd|passphrase|secret|token|credential|authorization|cookie|signature|sha256|api-?_?key"
                    + "|access-?_?key|private-?_?key|customer-?_?key|headers).*");

    /** What names a place or a person, not a secret. */
    private static final Set<String> HARMLESS = Set.of("environment", "file", "name", "namespaces", "role", "type");

    /** A value of such a key says where something is; in what follows the host there may be a secret. */
    private static final Pattern ADDRESS = Pattern.compile("(?i).*(url|urls|uri|endpoint|proxy).*");

    private static final Pattern HOST =
            Pattern.compile("(?i)^([a-z][a-z0-9+.-]*://)(?:[^/?#]*@)?([^/?#@]*).*$", Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private RedactedConfiguration() {}

    /** Returns a YAML text without secrets; one that can't be read is left out altogether. */
    public static String of(String yaml) {
        YAMLMapper mapper = new YAMLMapper();
        try {
            JsonNode tree = mapper.readTree(yaml);
            return mapper.writeValueAsString(redacted(tree, "", false));
        } catch (JsonProcessingException e) {
            return "# left out: it is not valid YAML, in line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + "\n";
        }
    }

    private static JsonNode redacted(JsonNode node, String key, boolean isSecret) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                boolean isBelowSecret = (isSecret || SECRET.matcher(name).matches()) && !HARMLESS.contains(name);
                object.set(name, redacted(object.get(name), name, isBelowSecret));
            }
            return object;
        }
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, redacted(array.get(i), key, isSecret));
            }
            return array;
        }
        return node.isNull() ? node : value(node, key, isSecret);
    }

    private static JsonNode value(JsonNode node, String key, boolean isSecret) {
        String text = node.asText();
        if (isSecret) {
            return VARIABLE.matcher(text).matches() || node.isBoolean() || isPath(key)
                    ? node
                    : new TextNode(Redaction.REMOVED);
        }
        if (!node.isTextual()) {
            return node;
        }
        if (ADDRESS.matcher(key).matches() && HOST.matcher(text).matches()) {
            String host = HOST.matcher(text).replaceFirst("$1$2");
            return new TextNode(host.equals(text) ? text : host + "/" + Redaction.REMOVED);
        }
        return new TextNode(Redaction.of(text));
    }

    /** Such as {@code tokenFile} or {@code keyStorePath}. */
    private static boolean isPath(String key) {
        return key.endsWith("File") || key.endsWith("Path");
    }
}
