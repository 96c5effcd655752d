/**
 * The REST API below {@code /api/v1}: namespaces and how they are, backups, holds, schedules and their pauses, orders, plans. Long work
 * is an order: it is answered at once with 202 and a location, where its state, its progress and its end are found. The paths are
 * described to the field in docs/http-api.rst and in the OpenAPI document, which are made from these classes.
 */
package dev.tidemark.coordinator.service.rest;
