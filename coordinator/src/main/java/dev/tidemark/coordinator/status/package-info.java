/**
 * The status of a namespace, from the archive alone: is there a backup that is good and recent enough, is the next one late, has a
 * schedule stopped, does somebody work on what was begun. Needs neither a coordinator that runs nor the oracle nor the stores, and
 * writes nothing.
 *
 * <p>Nouns: the <em>newest good</em> backup is the newest one whose manifest can be believed and of which no damage is known. An
 * <em>objective</em> is what an operator wants to be true of a namespace at all times. A schedule has <em>stopped</em> when the time
 * at which the next backup was due, as the newest manifest that says so tells, has passed by more than a grace, and there is no later
 * backup and none under way. An unfinished operation is <em>stuck</em> when its lock has not been renewed for three leases.
 *
 * <p>Invariants: times of several clocks are compared here, which decides nothing but what people are told; nobody is said to be dead
 * whose lock was not seen unchanged for a whole lease on the observer's own clock.
 */
package dev.tidemark.coordinator.status;
