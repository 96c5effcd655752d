package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.access.approval.Approvals;
import java.util.Set;

/**
 * What all tasks need.
 *
 * @param calls who calls
 * @param approvals what a second person has to approve
 * @param namespaces the configured ones
 */
record TaskTools(TaskCalls calls, Approvals approvals, Set<String> namespaces) {}
