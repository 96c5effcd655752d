/**
 * Data model of the key-value stores that Tidemark backs up: cells, their versions, tables, and
 * {@link dev.tidemark.kvs.CellStore}, the data side of a store. The rest of the SPI stands in one package for each
 * consumer: {@code cluster} for the coordinator, {@code node} for whoever moves the bytes of one node,
 * {@code transactiontable} for the entries that decide what is visible. {@code memory} and {@code rocksdb} are
 * adapters; {@code transaction} is the reference transaction protocol over any of them.
 *
 * <p>Invariants: timestamps are logical numbers from the oracle, never a wall clock; a cell version is written once
 * and never changed; entries of the transactions tables live at version timestamp 0 and change by put-unless-exists
 * and compare-and-set alone.
 */
package dev.tidemark.kvs;
