/**
 * The client of a timestamp oracle that is reached by HTTP: Tidemark's own service or a TimeLock.
 *
 * <p>Invariants: a request never creates a namespace unless it says so; a fresh timestamp that is not above one that this
 * client has seen before is refused; only this layer sends a request again, and only within its budget.
 */
package dev.tidemark.timestamp.http;
