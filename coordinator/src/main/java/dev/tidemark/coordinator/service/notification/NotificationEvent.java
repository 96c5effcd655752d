package dev.tidemark.coordinator.service.notification;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What somebody may want to be told. */
public enum NotificationEvent {
    /** An order was carried out. */
    @JsonProperty("order-succeeded")
    ORDER_SUCCEEDED,
    /** An order has failed. */
    @JsonProperty("order-failed")
    ORDER_FAILED,
    /** An order was cancelled. */
    @JsonProperty("order-cancelled")
    ORDER_CANCELLED,
    /** The state of a namespace has become another one, and is not good; or is not good when the service starts. */
    @JsonProperty("state-changed")
    STATE_CHANGED,
    /** The state of a namespace is as bad as it was. */
    @JsonProperty("reminder")
    REMINDER,
    /** The state of a namespace is good again. */
    @JsonProperty("recovered")
    RECOVERED;

    /** What a channel is told that does not say. */
    public static final Set<NotificationEvent> DEFAULT =
            Set.copyOf(EnumSet.of(ORDER_FAILED, STATE_CHANGED, REMINDER, RECOVERED));

    /** Returns the word for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
