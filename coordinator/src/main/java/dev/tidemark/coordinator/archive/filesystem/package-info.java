/** Objects as files of a directory, on any filesystem with hard links. */
package dev.tidemark.coordinator.archive.filesystem;
