package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.manifest.NodeBackup;

/**
 * A backed-up node whose files a target node gets.
 *
 * @param node the node in the backup
 * @param pathPrefix what comes before the path of each of its files in the staging area; empty, or ends with a slash
 * @param files which of its files
 */
public record StagedSource(NodeBackup node, String pathPrefix, FileSelection files) {}
