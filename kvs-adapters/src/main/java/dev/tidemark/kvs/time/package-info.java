/**
 * Time as a seam: everything that waits, measures or repeats gets these from outside, so that a simulation can stand in
 * with virtual time on one thread. Wall-clock time is {@link java.time.InstantSource} and never orders anything.
 */
package dev.tidemark.kvs.time;
