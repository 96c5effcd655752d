/**
 * What the service is asked to do. An <em>order</em> is a wish of a caller or a schedule for one operation on one namespace. It is
 * durable in the archive before it is acknowledged ({@link dev.tidemark.coordinator.service.operations.OrderBook}), and is carried out
 * at most once at a time: the orders of a namespace one after another, those of different namespaces side by side
 * ({@link dev.tidemark.coordinator.service.operations.OperationDesk}). The operation itself has its journal, as every operation; an
 * order knows its operation as soon as it has begun, and how it ended. An order that was left by a process that died is carried out by
 * the next one.
 */
package dev.tidemark.coordinator.service.operations;
