package dev.tidemark.architecture.sample.kvs.left;

import dev.tidemark.architecture.sample.kvs.right.RightConnector;
import dev.tidemark.kvs.cluster.StoreConnector;

/** An adapter that uses another one. */
public abstract class LeftConnector implements StoreConnector {
    /** Returns the other adapter. */
    public abstract RightConnector other();
}
