/**
 * The coordinator as a service: one Dropwizard application with the engine, the REST API, the dashboard and the admin port. The
 * archive is its only memory; an instance that starts on an empty disk goes on where the last one stopped.
 */
package dev.tidemark.coordinator.service;
