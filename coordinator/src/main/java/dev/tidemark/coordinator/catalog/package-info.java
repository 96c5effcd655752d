/** The index of the manifests, rebuilt from the archive alone. */
package dev.tidemark.coordinator.catalog;
