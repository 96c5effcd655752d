package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The text of a configuration file with the line of each key. Refuses what YAML allows and a configuration does not need:
 * duplicate keys, aliases, several documents.
 */
final class YamlSource {
    private static final int MAX_DEPTH = 20;

    private final Path file;
    private final Map<String, Integer> lineByPath = new HashMap<>();
    private final Set<Node> visited = Collections.newSetFromMap(new IdentityHashMap<>());

    private YamlSource(Path file) {
        this.file = file;
    }

    /**
     * Reads the structure of the text.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it is not one YAML mapping
     */
    static YamlSource parse(Path file, String text) {
        YamlSource source = new YamlSource(file);
        Node root;
        try {
            root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw source.error(line, "is not valid YAML: " + e.getProblem(), "Correct the syntax in this line.");
        }
        if (!(root instanceof MappingNode)) {
            throw source.error(
                    1,
                    "is not a configuration (expected: keys and values)",
                    "See docs/configuration.rst for an example.");
        }
        source.visit("", root, 0);
        return source;
    }

    /** Returns the line of a key, counted from 1; of its nearest parent when it is not there. */
    int line(String path) {
        String candidate = path;
        while (!candidate.isEmpty()) {
            Integer line = lineByPath.get(candidate);
            if (line != null) {
                return line;
            }
            candidate = candidate.contains(".") ? candidate.substring(0, candidate.lastIndexOf('.')) : "";
        }
        return 1;
    }

    CoordinatorException error(int line, String message, String hint) {
        return new CoordinatorException(
                ErrorCode.INVALID_CONFIGURATION, "'" + file + "' line " + line + ": " + message, hint);
    }

    private void visit(String path, Node node, int depth) {
        int line = node.getStartMark().getLine() + 1;
        if (!visited.add(node)) {
            throw error(line, "aliases are not supported", "Repeat the value instead.");
        }
        if (depth > MAX_DEPTH) {
            throw error(line, "is nested deeper than " + MAX_DEPTH + " levels", "Check the indentation.");
        }
        if (node instanceof MappingNode mapping) {
            visitMapping(path, mapping, depth);
        }
        if (node instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
                Node item = sequence.getValue().get(i);
                lineByPath.put(path + "." + i, item.getStartMark().getLine() + 1);
                visit(path + "." + i, item, depth + 1);
            }
        }
    }

    private void visitMapping(String path, MappingNode mapping, int depth) {
        for (NodeTuple entry : mapping.getValue()) {
            int line = entry.getKeyNode().getStartMark().getLine() + 1;
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw error(line, "a key is not text", "Correct the syntax in this line.");
            }
            String keyPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            Integer earlier = lineByPath.putIfAbsent(keyPath, line);
            if (earlier != null) {
                throw error(
                        line,
                        "key '" + keyPath + "' is there twice (first in line " + earlier + ")",
                        "Remove one of the two.");
            }
            visit(keyPath, entry.getValueNode(), depth + 1);
        }
    }
}
