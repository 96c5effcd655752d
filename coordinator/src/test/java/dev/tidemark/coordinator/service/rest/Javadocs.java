package dev.tidemark.coordinator.service.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the sources say of types, their components and their methods, as text with backticks around code. */
final class Javadocs {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of("coordinator", "timestamp-service", "kvs-adapters");

    private static final Pattern VALUE = Pattern.compile("\\{@value (?:(\\w+)#)?#?(\\w+)\\}");

    private static final Pattern TAG = Pattern.compile("(?m)^\\s*@");

    private final Map<String, String> sources = new HashMap<>();

    /** Returns what is said of a type; empty when nothing is. */
    String ofType(Class<?> type) {
        return comment(type, "\\b(?:record|class|enum|interface) " + type.getSimpleName() + "\\b")
                .get("");
    }

    /** Returns what is said of a component of a record, or of the method that the property comes from; empty when nothing is. */
    String ofProperty(Class<?> type, String property) {
        String said = comment(type, "\\b(?:record|class|enum|interface) " + type.getSimpleName() + "\\b")
                .getOrDefault(property, "");
        String method = "is" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
        return said.isEmpty() ? comment(type, "\\b" + method + "\\(\\)").get("") : said;
    }

    /** Returns what is said of a method; empty when nothing is. */
    String ofMethod(Class<?> type, String method) {
        return comment(type, "public [A-Za-z.<>\\[\\]]+ " + method + "\\(").get("");
    }

    /** Returns what is said of a parameter of a method; empty when nothing is. */
    String ofParameter(Class<?> type, String method, String parameter) {
        return comment(type, "public [A-Za-z.<>\\[\\]]+ " + method + "\\(").getOrDefault(parameter, "");
    }

    /** Returns what is said of a field; empty when nothing is. */
    String ofField(Class<?> type, String field) {
        return comment(type, "private \\w+ " + field + ";").get("");
    }

    /** Returns the text under the empty name, and that of each tag {@code param} under its name. */
    private Map<String, String> comment(Class<?> type, String declaration) {
        String source = sources.computeIfAbsent(fileOf(type), Javadocs::read);
        Matcher matcher = Pattern.compile(declaration).matcher(source);
        while (matcher.find()) {
            int end = source.lastIndexOf("*/", matcher.start());
            if (end < 0) {
                continue;
            }
            String between = source.substring(end + 2, matcher.start()).replaceAll("\"[^\"]*\"", "");
            if (!between.contains(";") && !between.contains("}\n")) {
                return parts(type, source.substring(source.lastIndexOf("/**", end) + 3, end));
            }
        }
        return Map.of("", "");
    }

    private static Map<String, String> parts(Class<?> type, String comment) {
        Map<String, String> parts = new LinkedHashMap<>();
        List<String> tags =
                TAG.splitAsStream(comment.replaceAll("(?m)^\\s*\\* ?", "")).toList();
        parts.put("", text(type, tags.get(0)));
        for (String tag : tags.subList(1, tags.size())) {
            String[] words = tag.split("\\s+", 3);
            if (words[0].equals("param") && words.length == 3) {
                parts.put(words[1], text(type, words[2]));
            }
        }
        return parts;
    }

    private static String text(Class<?> type, String javadoc) {
        String values = VALUE.matcher(javadoc).replaceAll(value -> constant(type, value.group(1), value.group(2)));
        return values.replaceAll("\\{@code ([^}]*)\\}", "`$1`")
                .replaceAll("\\{@link\\s+(?:[\\w.]*\\.)?(\\w+)?#?(\\w+)?(?:\\([^)]*\\))?\\}", "`$1$2`")
                .replaceAll("<p>", "")
                .replace("&gt;", ">")
                .replace("&lt;", "<")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String constant(Class<?> type, String ownerOrNull, String name) {
        try {
            Class<?> owner = ownerOrNull == null ? type : Class.forName(type.getPackageName() + "." + ownerOrNull);
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return String.valueOf(field.get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String fileOf(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        return outermost.getName().replace('.', '/') + ".java";
    }

    private static String read(String file) {
        for (String module : MODULES) {
            Path source = ROOT.resolve(module).resolve("src/main/java").resolve(file);
            if (Files.exists(source)) {
                try {
                    return Files.readString(source);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return "";
    }
}
