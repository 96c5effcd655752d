/**
 * PostgreSQL as the place of bounds: {@link dev.tidemark.timestamp.postgres.PostgresBoundStore}, which several servers have open at a
 * time, and {@link dev.tidemark.timestamp.postgres.AtlasDbPostgresBound}, the upper limit that AtlasDB keeps there.
 *
 * <p>A <em>timeline</em> is PostgreSQL's word for its history since the last time that a standby was promoted or a backup of it
 * restored: a new timeline may have lost what was acknowledged in the one before.
 *
 * <p>Invariants: each change is one statement, a transaction of its own, and is flushed before it is acknowledged; a change whose
 * outcome is not known is never reported as one that was not made; nothing is read from a standby.
 */
package dev.tidemark.timestamp.postgres;
