/**
 * Changes of a namespace's past in place. A <em>rewind</em> aborts every commit above a timestamp in the stores as they are, without
 * moving data; an <em>undo</em> brings back the safety copy that a rewind, or a restore over existing data, has left on the nodes.
 * Both run under a fence of the oracle and end with a fast-forward: timestamps only grow.
 */
package dev.tidemark.coordinator.rewind;
