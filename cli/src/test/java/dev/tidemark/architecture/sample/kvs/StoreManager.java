package dev.tidemark.architecture.sample.kvs;

import dev.tidemark.architecture.sample.kvs.left.LeftConnector;

/** Uses an adapter from outside, and has a name that says nothing. */
public record StoreManager(LeftConnector connector) {}
