package dev.tidemark.architecture.sample.kvs.right;

import dev.tidemark.kvs.cluster.StoreConnector;

/** An adapter that another one uses. */
public abstract class RightConnector implements StoreConnector {}
