/**
 * What runs by the clock: when it is due, who runs it, and what became of it.
 *
 * <p>A <em>schedule</em> says what is done in a namespace (backup, verify, retention) and when: a cron expression in a time zone. Each
 * instant that it names is a <em>tick</em>. A tick is <em>due</em> at its instant and an offset that spreads schedules (jitter), and
 * may begin, and be tried again, until the end of its <em>window</em>. It has a row of create-once objects in the archive, its
 * <em>records</em>: the first one <em>claims</em> it or says why it is skipped, each further one says what happened next.
 *
 * <p>Invariants: a tick that has a record is never claimed again; a run begins only if its begin is the next record of its claim, so
 * that of several who believe to lead one begins it; what a clock says decides when something is done, and never whether it was.
 */
package dev.tidemark.coordinator.schedule;
