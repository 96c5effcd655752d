package dev.tidemark.coordinator.datakey;

/**
 * State of a rotation.
 *
 * @param previousKeyId the data key before it
 * @param keyId the new one; 0 as long as there is none
 */
public record RotationState(int previousKeyId, int keyId) {}
