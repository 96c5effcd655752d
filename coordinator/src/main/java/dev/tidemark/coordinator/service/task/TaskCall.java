package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.access.Caller;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The call of a task that is under way on a thread.
 *
 * @param caller who calls
 * @param target path and query, as they came
 * @param approval what the header {@code Tidemark-Approval} says; null without it
 * @param key what the header {@code Idempotency-Key} says; empty without it
 * @param response its status can be set until the first line is sent
 */
record TaskCall(Caller caller, String target, String approval, String key, HttpServletResponse response) {}
