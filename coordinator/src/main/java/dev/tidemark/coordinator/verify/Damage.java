package dev.tidemark.coordinator.verify;

/**
 * Something that a backup needs and that is not as it has to be.
 *
 * @param object key of the object in the archive, or {@code store/node: path} of a file
 * @param message what is wrong
 */
public record Damage(String object, String message) {}
