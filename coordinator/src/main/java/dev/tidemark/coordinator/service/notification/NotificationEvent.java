package dev.tidemark.coordinator.service.notification;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What somebody may want to be told. */
public enum NotificationEvent {
    /** An order was carried out. */
    ORDER_SUCCEEDED,
    /** An order has failed. */
    ORDER_FAILED,
    /** An order was cancelled. */
    ORDER_CANCELLED,
    /** The state of a namespace has become another one, and is not good; or is not good when the service starts. */
    STATE_CHANGED,
    /** The state of a namespace is as bad as it was. */
    REMINDER,
    /** The state of a namespace is good again. */
    RECOVERED;

    /** What a channel is told that does not say. */
    public static final Set<NotificationEvent> DEFAULT =
            Set.copyOf(EnumSet.of(ORDER_FAILED, STATE_CHANGED, REMINDER, RECOVERED));

    /**
     * Returns the event that a word stands for.
     *
     * @throws IllegalArgumentException when it stands for none
     */
    @JsonCreator
    static NotificationEvent parse(String word) {
        return Arrays.stream(values())
                .filter(event -> event.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is no event (expected: one of "
                        + Arrays.stream(values()).map(NotificationEvent::word).toList() + ")"));
    }

    /** Returns the word for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
