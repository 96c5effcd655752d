/**
 * What the service knows about namespaces and backups, ready to be shown: the <em>views</em> are the JSON of answers and the content
 * of pages. Read from the archive each time; a manifest, which never changes, is read once ({@link
 * dev.tidemark.coordinator.catalog.CachedCatalog}).
 */
package dev.tidemark.coordinator.service.view;
