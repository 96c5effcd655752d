/** The YAML configuration of a process, as records, and the objects that it describes. */
package dev.tidemark.coordinator.config;
