package dev.tidemark.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A unit file of systemd: sections with settings. */
record Unit(Map<String, Map<String, List<String>>> bySection) {
    static Unit read(Path file) throws IOException {
        Map<String, Map<String, List<String>>> sections = new LinkedHashMap<>();
        Map<String, List<String>> current = null;
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            if (line.matches("\\[[A-Za-z]+\\]")) {
                current = sections.computeIfAbsent(line.substring(1, line.length() - 1), name -> new LinkedHashMap<>());
                continue;
            }
            int end = line.indexOf('=');
            if (end < 1 || current == null) {
                throw new IllegalArgumentException(file + ": " + line);
            }
            current.computeIfAbsent(line.substring(0, end), name -> new ArrayList<>())
                    .add(line.substring(end + 1));
        }
        return new Unit(sections);
    }

    Set<String> sections() {
        return bySection.keySet();
    }

    /** Returns a setting that is there once. */
    String one(String section, String setting) {
        List<String> values = bySection.get(section).getOrDefault(setting, List.of());
        if (values.size() != 1) {
            throw new IllegalArgumentException(section + "." + setting + ": " + values + " (expected: one)");
        }
        return values.get(0);
    }
}
