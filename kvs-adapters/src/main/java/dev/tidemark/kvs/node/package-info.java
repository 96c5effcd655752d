/**
 * Node side of a store: snapshots of one node as lists of immutable files, and the way back through a staging area.
 * Every call is idempotent by snapshot tag or restore id.
 */
package dev.tidemark.kvs.node;
