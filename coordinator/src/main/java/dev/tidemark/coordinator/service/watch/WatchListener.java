package dev.tidemark.coordinator.service.watch;

/** Is told of readings. Must be quick and must not throw; is called from several threads. */
public interface WatchListener {
    /** A reading has come to an end. */
    void seen(SeenNamespace found);

    /** What was seen of a namespace is no news any more; told again and again, until there is some. */
    void stale(String namespace, String reason);
}
