/**
 * The timestamp oracle as its users see it: {@link dev.tidemark.timestamp.TimestampClient} for a whole oracle,
 * {@link dev.tidemark.timestamp.NamespaceOracle} for one namespace.
 *
 * <p>Invariants: a timestamp is issued at most once and only above every bound ever persisted for its namespace;
 * fast-forward never lowers anything; a fence ends every lease and survives a restart of the oracle.
 */
package dev.tidemark.timestamp;
