package dev.tidemark.coordinator.runbook;

import java.util.List;

/**
 * What a runbook has to know of the configuration. Holds no secret.
 *
 * @param archiveLocation where the archive is, for people
 * @param configuration YAML of a configuration with which the namespace can be restored; paths are absolute
 * @param secrets what must be at hand before the first command
 * @param directories directories of the namespace's stores that a restore needs empty, in the order of the stores' names
 * @param hasAgents whether a store is reached through agents, which must run
 */
public record RunbookSite(
        String archiveLocation,
        String configuration,
        List<Secret> secrets,
        List<String> directories,
        boolean hasAgents) {
    /** Copies the lists. */
    public RunbookSite {
        secrets = List.copyOf(secrets);
        directories = List.copyOf(directories);
    }

    /**
     * A secret by its name, or a file that the restore needs.
     *
     * @param purpose the key of the configuration that needs it
     * @param source where it comes from
     * @param name of the environment variable, or absolute path of the file
     */
    public record Secret(String purpose, Source source, String name) {}

    /** Where a secret comes from. */
    public enum Source {
        /** An environment variable. */
        VARIABLE,
        /** A file. */
        FILE
    }
}
