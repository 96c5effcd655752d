package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.NearestName;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares the keys of a file with the components of the records that it is for, before any value is looked at: a misspelt
 * key is reported as such and not as the absence of the right one.
 */
final class KeyChecker {
    private static final String TYPE = "type";

    private final YamlSource source;
    private final List<Class<?>> alternatives;

    KeyChecker(YamlSource source, List<Class<?>> alternatives) {
        this.source = source;
        this.alternatives = alternatives;
    }

    /**
     * Checks the keys of a section and of all sections in it.
     *
     * @param path the section's path, empty for the whole file
     * @throws CoordinatorException when a key or a type is not known, or a type is missing
     */
    void check(String path, JsonNode node, Type type) {
        if (node.isArray() && type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            for (int i = 0; i < node.size(); i++) {
                check(join(path, Integer.toString(i)), node.get(i), generic.getActualTypeArguments()[0]);
            }
            return;
        }
        if (!node.isObject()) {
            return;
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            Type valueType = generic.getActualTypeArguments()[1];
            node.fields().forEachRemaining(entry -> check(join(path, entry.getKey()), entry.getValue(), valueType));
            return;
        }
        if (!(type instanceof Class<?> section)) {
            return;
        }
        if (section.isInterface() && section.isSealed()) {
            checkKeys(path, node, alternative(path, node, section), TYPE);
        }
        if (section.isRecord()) {
            checkKeys(path, node, section, null);
        }
    }

    private void checkKeys(String path, JsonNode node, Class<?> section, String extraKey) {
        Map<String, Type> known = new TreeMap<>();
        for (RecordComponent component : section.getRecordComponents()) {
            known.put(component.getName(), component.getGenericType());
        }
        if (extraKey != null) {
            known.put(extraKey, String.class);
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!known.containsKey(key)) {
                String keyPath = join(path, key);
                throw source.error(
                        source.line(keyPath),
                        "unknown key '" + keyPath + "'" + suggestion(key, known.keySet()),
                        "Use one of: " + String.join(", ", known.keySet()) + ".");
            }
        });
        node.fields()
                .forEachRemaining(
                        entry -> check(join(path, entry.getKey()), entry.getValue(), known.get(entry.getKey())));
    }

    private Class<?> alternative(String path, JsonNode node, Class<?> section) {
        Map<String, Class<?>> byName = new TreeMap<>();
        alternatives.stream()
                .filter(section::isAssignableFrom)
                .forEach(candidate ->
                        byName.put(candidate.getAnnotation(JsonTypeName.class).value(), candidate));
        String choices = "Use one of: " + String.join(", ", byName.keySet()) + ".";
        if (!node.hasNonNull(TYPE)) {
            requireTypeNotMisspelt(path, node, byName.values());
            throw source.error(source.line(path), "'" + join(path, TYPE) + "' is missing", choices);
        }
        String name = node.get(TYPE).asText();
        if (!byName.containsKey(name)) {
            throw source.error(
                    source.line(join(path, TYPE)),
                    "unknown type '" + name + "' of '" + path + "'" + suggestion(name, byName.keySet()),
                    choices);
        }
        return byName.get(name);
    }

    /** The wrong key says more than that the right one is missing. */
    private void requireTypeNotMisspelt(String path, JsonNode node, Collection<Class<?>> candidates) {
        Set<String> known = new TreeSet<>();
        for (Class<?> candidate : candidates) {
            for (RecordComponent component : candidate.getRecordComponents()) {
                known.add(component.getName());
            }
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key) && NearestName.of(key, Set.of(TYPE)).isPresent()) {
                String keyPath = join(path, key);
                known.add(TYPE);
                throw source.error(
                        source.line(keyPath),
                        "unknown key '" + keyPath + "'" + suggestion(key, Set.of(TYPE)),
                        "Use one of: " + String.join(", ", known) + ".");
            }
        });
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String suggestion(String given, Collection<String> known) {
        return NearestName.of(given, known)
                .map(name -> " (did you mean '" + name + "'?)")
                .orElse("");
    }
}
