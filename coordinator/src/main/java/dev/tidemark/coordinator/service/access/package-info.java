/**
 * Who may do what at the coordinator service.
 *
 * <p>A <em>caller</em> is a person or program with a name, a <em>role</em> and the namespaces that it is limited to.
 *
 * <p>Invariant: a path that does not say whom it is for is for nobody.
 */
package dev.tidemark.coordinator.service.access;
