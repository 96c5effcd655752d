/**
 * What somebody needs to know who helps from afar, in one file: a <em>support bundle</em>. It holds no key, no password and nothing of
 * what is backed up.
 *
 * <p>Invariants: values of a configuration are left out unless their key is known to hold no secret; every text goes through
 * {@link dev.tidemark.coordinator.service.problem.Redaction}; what can't be read says so, and keeps nothing else out.
 */
package dev.tidemark.cli.support;
