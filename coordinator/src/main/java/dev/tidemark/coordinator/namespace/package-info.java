/**
 * What the configuration of a namespace says besides its stores: in which order they are worked on, which hooks are run, and what the
 * runbooks of its backups say.
 */
package dev.tidemark.coordinator.namespace;
