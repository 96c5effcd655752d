/**
 * The agent as a process: a Dropwizard application beside one store node that does for coordinators what only somebody there can do,
 * and moves the node's bytes to and from the archive.
 *
 * <p>Invariants: nobody who is not known gets in from another machine; a request that is not understood in full changes nothing; a
 * request returns within seconds, and what lasts longer is a task.
 */
package dev.tidemark.coordinator.agent.service;
