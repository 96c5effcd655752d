package dev.tidemark.coordinator.service.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a caller may do. Each role may do what those before it may. */
public enum Role {
    /** Reads everything but secrets, which nobody reads. */
    VIEWER,
    /** Also takes backups, verifies, places and removes holds, cancels. */
    OPERATOR,
    /** Also restores and rewinds. */
    RESTORER,
    /** Also expires, collects garbage, shreds, changes schedules and rebuilds the catalog. */
    ADMIN;

    /**
     * Returns a role by its word.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static Role parse(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        throw new IllegalArgumentException("role '" + word + "' is not known (expected: one of "
                + Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", ")) + ")");
    }

    /** Returns the word in configuration, JSON and logs. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Tells whether this role may do what the other one may. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
