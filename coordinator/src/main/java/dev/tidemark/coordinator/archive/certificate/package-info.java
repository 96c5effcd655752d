/**
 * Certificates: what somebody who verified a backup down to the last byte has signed about it, for those who have the public key and
 * nothing else.
 *
 * <p>Invariants: the certificates of a backup are numbered, and the greatest number counts; one is never replaced, but withdrawn or
 * renewed by the next. A certificate says what was true when it was issued: it names the manifest and the inventory that it is about
 * by their hashes. See docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.certificate;
