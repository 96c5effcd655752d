/**
 * The clock of the service: what the schedules claim becomes orders of the desk, and how those end is told to the schedules. A run and
 * its order have one name, so that whoever takes over finds the order of a run that was begun, and makes it when it is not there.
 */
package dev.tidemark.coordinator.service.scheduled;
