package dev.tidemark.coordinator.service.notification.webhook;

import dev.tidemark.coordinator.service.notification.DeliverySettings;
import dev.tidemark.coordinator.service.notification.NotificationEvent;
import dev.tidemark.coordinator.service.notification.NotificationTemplate;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A webhook. Neither its URL nor its headers are printed: both may be secrets.
 *
 * @param url where notifications are posted; http or https
 * @param headers sent with each; none by default
 * @param template file with the body's template; null for all variables as one JSON object
 * @param body {@code json} or {@code text}: how values are escaped, and the content type; json by default
 * @param events what is told; {@link NotificationEvent#DEFAULT} by default
 * @param delivery how hard it is tried
 */
public record WebhookConfiguration(
        URI url,
        Map<String, String> headers,
        Path template,
        String body,
        Set<NotificationEvent> events,
        DeliverySettings delivery) {
    private static final Set<String> SET_BY_US = Set.of("content-length", "content-type", "host", "transfer-encoding");

    /**
     * Applies the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is missing or is not acceptable
     */
    public WebhookConfiguration {
        headers = headers == null ? Map.of() : Map.copyOf(headers);
        body = body == null ? "json" : body;
        events = events == null ? NotificationEvent.DEFAULT : Set.copyOf(events);
        delivery = delivery == null ? DeliverySettings.DEFAULT : delivery;
        boolean isHttp = url != null
                && url.getScheme() != null
                && Set.of("http", "https").contains(url.getScheme().toLowerCase(Locale.ROOT));
        if (!isHttp || url.getHost() == null || url.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "'url' is not acceptable (expected: http or https, a host, and no user or password)");
        }
        if (!body.equals("json") && !body.equals("text")) {
            throw new IllegalArgumentException("'body' is '" + body + "' (expected: json or text)");
        }
        headers.forEach((name, value) -> {
            if (!name.matches("[A-Za-z0-9-]{1,100}") || SET_BY_US.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("header '" + name
                        + "' can't be set (expected: letters, digits and -," + " and none of " + SET_BY_US + ")");
            }
            if (!value.matches("[\\x20-\\x7e]*")) {
                throw new IllegalArgumentException(
                        "the value of header '" + name + "' has a character that is not printable ASCII");
            }
        });
    }

    NotificationTemplate.Form form() {
        return body.equals("json") ? NotificationTemplate.Form.JSON : NotificationTemplate.Form.TEXT;
    }

    @Override
    public String toString() {
        return "WebhookConfiguration[" + url.getHost() + "]";
    }
}
