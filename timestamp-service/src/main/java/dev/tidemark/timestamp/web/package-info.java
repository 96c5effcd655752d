/**
 * What every HTTP service of Tidemark has in common: the server process, the form of its errors, the limit for bodies and the check of
 * bearer tokens.
 *
 * <p>Invariants: no answer shows a stack trace or a secret; one exception mapper decides on every error's form.
 */
package dev.tidemark.timestamp.web;
