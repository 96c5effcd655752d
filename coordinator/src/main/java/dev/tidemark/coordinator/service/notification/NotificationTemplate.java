package dev.tidemark.coordinator.service.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text in which {@code ${NAME}} stands for a value of a notification. Nothing else is interpreted, and what a value says is never taken
 * for a part of the template. Immutable.
 */
public final class NotificationTemplate {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
    private static final long MAX_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String text;
    private final Form form;

    private NotificationTemplate(String text, Form form) {
        this.text = text;
        this.form = form;
    }

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException when it names an unknown variable, or is not JSON and should be
     */
    public static NotificationTemplate parse(String text, Form form) {
        VARIABLE.matcher(text).results().forEach(found -> {
            String name = found.group(1);
            if (!Notification.VARIABLES.contains(name)) {
                throw new IllegalArgumentException("the template has '${" + name + "}' (expected: one of "
                        + Notification.VARIABLES
                        + NearestName.of(name, Notification.VARIABLES)
                                .map(nearest -> "; did you mean '" + nearest + "'?")
                                .orElse("")
                        + ")");
            }
        });
        NotificationTemplate template = new NotificationTemplate(text, form);
        if (form == Form.JSON) {
            requireJson(template.render(new Notification(NotificationEvent.REMINDER, Map.of("message", "a \"b\""))));
        }
        return template;
    }

    /**
     * Reads a template from a file.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it can't be read, or as {@link #parse}
     */
    public static NotificationTemplate read(Path file, Form form) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "the template has " + Files.size(file) + " bytes (expected: at most " + MAX_BYTES + ")");
            }
            return parse(Files.readString(file), form);
        } catch (IOException | IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "template '" + file + "' can't be used: " + e.getMessage(),
                    "Correct the file; docs/monitoring.rst has the variables.",
                    e);
        }
    }

    /** Returns the text with the values of a notification, escaped as the form needs it. */
    public String render(Notification notification) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        form.escape(notification.values().get(found.group(1)))));
    }

    private static void requireJson(String rendered) {
        try {
            JSON.readTree(rendered);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the template is not JSON: " + e.getOriginalMessage() + " (expected: variables inside of quotes)",
                    e);
        }
    }

    /** What is made of a template. */
    public enum Form {
        /** Plain text: no value has control characters. */
        TEXT,
        /** A JSON document: values are escaped to stand in quotes. */
        JSON;

        private String escape(String value) {
            return this == JSON
                    ? new String(JsonStringEncoder.getInstance().quoteAsString(value))
                    : value.replaceAll("\\p{Cntrl}+", " ");
        }
    }
}
