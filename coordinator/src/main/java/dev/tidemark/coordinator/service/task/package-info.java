/**
 * Tasks of the admin port, as operators of Dropwizard services know them: {@code POST /tasks/NAME?namespace=NS}. An answer is plain text,
 * a line for whatever happens while it happens; the last line begins with {@code ok}, or with {@code error} and a code.
 *
 * <p>Invariant: a task demands the same token, role, namespace and approval as the path of the API that does the same, and goes through the
 * same desk.
 */
package dev.tidemark.coordinator.service.task;
