/**
 * Health checks of the service, at {@code /healthcheck} on the admin port. Each looks at what a watch has seen and at nothing else, so
 * that an answer never waits for an archive that hangs. What is red and what to do is in docs/monitoring.rst.
 *
 * <p>Nouns: the service is <em>alive</em> while it answers at all; it is <em>ready</em> while the archive answers.
 */
package dev.tidemark.coordinator.service.health;
