/**
 * The folders that AtlasDB's own backup service wrote for each backup: the timestamps of a cut and the transactions schemas that
 * applied, for backups whose files others copy.
 */
package dev.tidemark.coordinator.atlasdb;
