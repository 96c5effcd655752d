/**
 * Node side of a store: snapshots of one node as lists of immutable files, the way back through a staging area, and safety
 * copies of what a restore changes.
 * Every call is idempotent by snapshot tag or restore id.
 */
package dev.tidemark.kvs.node;
