/**
 * What the coordinator service answers when it refuses or fails, and what it refuses before anybody looks at it.
 *
 * <p>A <em>problem</em> is the JSON of such an answer, in the form of RFC 9457: {@code application/problem+json}. Its <em>instance</em> is
 * an id under which the log has the cause.
 *
 * <p>Invariants: one mapper decides on every problem's form; no problem and no line that the mapper logs has a secret or, outside of the
 * log, a word about the program's inside; no body is read beyond its limit.
 */
package dev.tidemark.coordinator.service.problem;
