package dev.tidemark.kvs.files;

/** Hears of each step that changes something durable before it is done; a test dies here. */
@FunctionalInterface
public interface Steps {
    /** Takes note of a step that is about to be done. */
    void before(String step);
}
