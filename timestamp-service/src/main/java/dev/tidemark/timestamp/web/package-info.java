/**
 * What every HTTP service of Tidemark has in common: the server process, the form of its errors, the limits for bodies and
 * requests, the check of bearer tokens and the rights that they have, and where a request is sent that only a leader may answer.
 *
 * <p>Invariants: no answer shows a stack trace or a secret; one exception mapper decides on every error's form; a
 * resource that does not say whom it is for stops the start.
 */
package dev.tidemark.timestamp.web;
