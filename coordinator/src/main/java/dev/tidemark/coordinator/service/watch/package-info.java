/**
 * What the service knows of its namespaces without being asked: a reader in the background reads the archive and the oracle again and
 * again, and metrics, health checks and notifications look at what it has seen.
 *
 * <p>Nouns: a <em>round</em> reads every namespace once. What was <em>seen</em> is what the last reading said that came to an end; it is
 * <em>stale</em> when that is longer ago than three intervals, and than a minute.
 *
 * <p>Invariants: nobody who looks waits for the archive or the oracle; rounds never overlap; a reading that fails leaves what was seen
 * before, whose age goes on growing.
 */
package dev.tidemark.coordinator.service.watch;
