package dev.tidemark.cli;

import dev.tidemark.coordinator.config.TidemarkConfiguration;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has; they may stand before or after its name. */
final class GlobalOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Configuration; default: the environment variable TIDEMARK_CONFIG, else ./tidemark.yml.")
    private Path config;

    @Option(
            names = "--archive",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Work on one of the further archives of the configuration instead of the main one.")
    private String archive;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Write one JSON document to standard output, errors included.")
    private boolean isJson;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Log details and show stack traces.")
    private boolean isDebug;

    @Option(
            names = "--offline",
            scope = ScopeType.INHERIT,
            description = "State that no client of the namespace runs; 'timestamp clean-transactions' asks for it.")
    private boolean isOffline;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean isHelp;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean isVersion;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private boolean isJsonExpected;

    /** Returns the file that was named, or null. */
    Path config() {
        return config;
    }

    /** Returns the name of the archive that is worked on. */
    String archive() {
        return archive == null ? TidemarkConfiguration.MAIN_ARCHIVE : archive;
    }

    /** Returns what was said about a coordinator service. */
    ServerOptions server() {
        return server;
    }

    boolean isJson() {
        return isJson || isJsonExpected;
    }

    boolean isDebug() {
        return isDebug;
    }

    boolean isOffline() {
        return isOffline;
    }

    /** Sets {@code --json} before the command line is understood, so that errors in it are JSON as well. */
    void expectJson() {
        isJsonExpected = true;
    }
}
