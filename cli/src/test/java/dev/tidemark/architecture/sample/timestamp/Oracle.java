package dev.tidemark.architecture.sample.timestamp;

import dev.tidemark.architecture.sample.coordinator.Backups;
import java.util.logging.Logger;

/** Uses a later module, and the wrong logging. */
public record Oracle(Backups backups, Logger logger) {}
