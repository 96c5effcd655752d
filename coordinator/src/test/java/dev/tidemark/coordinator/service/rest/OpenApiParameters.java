package dev.tidemark.coordinator.service.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request has beside its body: parameters in the path, in the query and in headers. */
final class OpenApiParameters {
    private static final Pattern TEMPLATE = Pattern.compile("\\{(\\w+)(?:: ((?:[^{}]|\\{[^{}]*\\})*))?\\}");
    private static final Pattern RANGE = Pattern.compile("(\\d+)\\.\\.(\\d+)");

    /** What the names in paths mean, everywhere. */
    private static final Map<String, String> IN_PATHS = Map.of(
            "namespace", "Name of a configured namespace.",
            "backup", "Id of a backup, or `latest`.",
            "order", "Id of an order.",
            "hold", "Id of a hold, 32 hexadecimal digits.",
            "schedule", "Name of a schedule.",
            "approval", "Id of an approval.");

    private final ObjectMapper mapper;
    private final Javadocs javadocs;
    private final List<String> undescribed = new ArrayList<>();

    OpenApiParameters(ObjectMapper mapper, Javadocs javadocs) {
        this.mapper = mapper;
        this.javadocs = javadocs;
    }

    List<String> undescribed() {
        return undescribed;
    }

    /** Returns the path of a method, with the names of its parameters in braces. */
    static String path(Class<?> resource, Method method) {
        return TEMPLATE.matcher(template(resource, method)).replaceAll("{$1}");
    }

    /** Returns the type of the body, if a method takes one. */
    static Optional<Class<?>> body(Method method) {
        return Arrays.stream(method.getParameters())
                .filter(parameter -> parameter.getAnnotations().length == 0)
                .<Class<?>>map(Parameter::getType)
                .findFirst();
    }

    private static String template(Class<?> resource, Method method) {
        Path path = method.getAnnotation(Path.class);
        return resource.getAnnotation(Path.class).value() + (path == null ? "" : path.value());
    }

    /** Returns the parameters, those of the path first. */
    ArrayNode of(Method method) {
        ArrayNode all = mapper.createArrayNode();
        Matcher names = TEMPLATE.matcher(template(method.getDeclaringClass(), method));
        while (names.find()) {
            ObjectNode schema = add(all, "path", names.group(1), IN_PATHS.getOrDefault(names.group(1), ""));
            if (names.group(2) != null) {
                schema.put("pattern", "^" + names.group(2) + "$");
            }
        }
        for (Parameter parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(BeanParam.class)) {
                for (Field field : parameter.getType().getDeclaredFields()) {
                    addOther(all, field, javadocs.ofField(parameter.getType(), field.getName()), false);
                }
            } else {
                boolean isList = List.class.isAssignableFrom(parameter.getType());
                String said = javadocs.ofParameter(method.getDeclaringClass(), method.getName(), nameOf(parameter));
                addOther(all, parameter, said, isList);
            }
        }
        return all;
    }

    /** Returns the name of a parameter in the source, which follows from that in the request: class files need not have it. */
    private static String nameOf(Parameter parameter) {
        QueryParam query = parameter.getAnnotation(QueryParam.class);
        HeaderParam header = parameter.getAnnotation(HeaderParam.class);
        if (query != null || header == null) {
            return query == null ? "" : query.value();
        }
        return Pattern.compile("-(\\w)")
                .matcher(header.value().toLowerCase(Locale.ROOT))
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    private void addOther(ArrayNode all, AnnotatedElement element, String said, boolean isList) {
        QueryParam query = element.getAnnotation(QueryParam.class);
        HeaderParam header = element.getAnnotation(HeaderParam.class);
        if (element.isAnnotationPresent(PathParam.class) || (query == null && header == null)) {
            return;
        }
        ObjectNode schema =
                add(all, query == null ? "header" : "query", query == null ? header.value() : query.value(), said);
        if (isList) {
            schema.put("type", "array").putObject("items").put("type", "string");
        }
        DefaultValue preset = element.getAnnotation(DefaultValue.class);
        if (preset == null || preset.value().isEmpty()) {
            return;
        }
        if (!preset.value().matches("\\d+")) {
            schema.put("default", preset.value());
            return;
        }
        schema.put("type", "integer").put("default", Integer.parseInt(preset.value()));
        Matcher range = RANGE.matcher(said);
        if (range.find()) {
            schema.put("minimum", Integer.parseInt(range.group(1)));
            schema.put("maximum", Integer.parseInt(range.group(2)));
        }
    }

    private ObjectNode add(ArrayNode all, String place, String name, String said) {
        if (said.isEmpty()) {
            undescribed.add("parameter " + name);
        }
        ObjectNode parameter = all.addObject()
                .put("name", name)
                .put("in", place)
                .put("required", place.equals("path"))
                .put("description", said);
        return parameter.putObject("schema").put("type", "string");
    }
}
