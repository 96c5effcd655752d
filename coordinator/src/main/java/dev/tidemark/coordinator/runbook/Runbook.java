package dev.tidemark.coordinator.runbook;

import java.util.Objects;

/**
 * How to restore one backup.
 *
 * @param page reStructuredText for people
 * @param script the commands of the page for bash
 */
public record Runbook(String page, String script) {
    /** Checks that both are there. */
    public Runbook {
        Objects.requireNonNull(page, "page");
        Objects.requireNonNull(script, "script");
    }
}
