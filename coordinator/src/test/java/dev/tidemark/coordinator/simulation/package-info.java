/**
 * One seeded world on one thread in virtual time: the real engine over stores in memory, an oracle that restarts, an archive
 * with faults, live clients, and coordinators that crash, pause and overtake each other at every call that leaves them. A model of
 * every committed transaction says what must be visible, and everything is compared with it both ways.
 */
package dev.tidemark.coordinator.simulation;
