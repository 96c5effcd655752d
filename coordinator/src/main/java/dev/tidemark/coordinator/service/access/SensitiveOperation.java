package dev.tidemark.coordinator.service.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an installation may want two people to agree on. */
public enum SensitiveOperation {
    RESTORE,
    REWIND,
    SHRED,
    EXPIRE;

    /**
     * Returns an operation by its word.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static SensitiveOperation parse(String word) {
        for (SensitiveOperation operation : values()) {
            if (operation.word().equals(word)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("operation '" + word + "' is not known (expected: one of "
                + Arrays.stream(values()).map(SensitiveOperation::word).collect(Collectors.joining(", ")) + ")");
    }

    /** Returns the word in configuration and JSON. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
