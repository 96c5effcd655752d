package dev.tidemark.coordinator.config;

/** Constraints of the configuration records; what they throw becomes an error that names file, line and key. */
final class Required {
    private Required() {}

    static void present(String key, Object value) {
        that(value != null, "'" + key + "' is missing");
    }

    static void that(boolean holds, String messageOtherwise) {
        if (!holds) {
            throw new IllegalArgumentException(messageOtherwise);
        }
    }
}
