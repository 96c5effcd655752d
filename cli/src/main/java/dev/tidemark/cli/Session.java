package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.ProgressPrinter;
import dev.tidemark.coordinator.archive.retry.RetryCounts;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of one command: the configuration and what it describes, opened when it is first asked for, and the ways to show
 * something. Not thread-safe.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String DEFAULT_CONFIG = "tidemark.yml";
    private static final String CONFIG_VARIABLE = "TIDEMARK_CONFIG";

    private final Surroundings surroundings;
    private final GlobalOptions options;
    private final Decoration decoration;
    private final ExecutorService workers = daemonThreads();
    private final ThreadedPeriodicTasks periodicTasks = new ThreadedPeriodicTasks();

    private ProgressPrinter progress;
    private TidemarkConfiguration configuration;
    private Wiring wiring;
    private Remote remote;

    Session(Surroundings surroundings, GlobalOptions options) {
        this(surroundings, options, Decoration.NONE);
    }

    Session(Surroundings surroundings, GlobalOptions options, Decoration decoration) {
        this.surroundings = surroundings;
        this.options = options;
        this.decoration = decoration;
    }

    /** Returns what stands in for parts of what the configuration describes. */
    Decoration decoration() {
        return decoration;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    GlobalOptions options() {
        return options;
    }

    /** Returns the file that the configuration is read from. */
    Path configurationFile() {
        if (options.config() != null) {
            return resolve(options.config());
        }
        String variable = surroundings.environment().apply(CONFIG_VARIABLE);
        return resolve(Path.of(variable == null || variable.isEmpty() ? DEFAULT_CONFIG : variable));
    }

    /** Returns a path from the command line as an absolute one. */
    Path resolve(Path path) {
        return surroundings.workingDirectory().resolve(path);
    }

    /** Tells whether the command line names a coordinator service. */
    boolean isRemote() {
        return options.server().isServer();
    }

    /** Returns the coordinator service that the command line names. */
    Remote remote() {
        if (remote == null) {
            remote = new Remote(this);
        }
        return remote;
    }

    TidemarkConfiguration configuration() {
        if (configuration == null) {
            configuration = new ConfigurationReader().read(configurationFile());
        }
        return configuration;
    }

    /** Returns what the configuration describes. */
    Wiring wiring() {
        if (wiring == null) {
            wiring = new Wiring(configuration(), surroundings.environment(), seams(), decoration, options.archive());
        }
        return wiring;
    }

    /**
     * Refuses another archive than the main one, for operations that change the namespace's stores as they go on.
     *
     * @throws CliException {@link ErrorCode#USAGE}
     */
    void requireMainArchive() {
        if (!options.archive().equals(TidemarkConfiguration.MAIN_ARCHIVE)) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--archive is '" + options.archive() + "' (expected: the main archive)",
                    "Leave the option out; backups come into other archives with 'tidemark copy'.");
        }
    }

    /** Returns what the engine takes from this process; its threads end with the session. */
    EngineSeams seams() {
        return new EngineSeams(
                surroundings.clock(),
                surroundings.monotonicClock(),
                surroundings.sleeper(),
                periodicTasks,
                workers,
                surroundings.random(),
                who());
    }

    /** Returns the user, machine and process; whoever has become another user by sudo is named too. */
    private String who() {
        String user = System.getProperty("user.name", "?");
        String caller = surroundings.environment().apply("SUDO_USER");
        boolean isOther = caller != null && !caller.isEmpty() && !caller.equals(user);
        return (isOther ? caller + " as " + user : user) + ", "
                + ManagementFactory.getRuntimeMXBean().getName();
    }

    /** Returns what runs several things at a time, as many as the configuration says. */
    ParallelWork work() {
        return new ParallelWork(
                workers, configuration().operations().toOptions().parallelism());
    }

    /**
     * Checks that the namespace is configured; at a service, the service does.
     *
     * @param given a name, or null for the only one that there is
     * @throws CliException {@link ErrorCode#UNKNOWN_NAMESPACE}, {@link ErrorCode#USAGE} when there are several to choose from
     */
    String namespace(String given) {
        if (isRemote()) {
            return remote().namespace(given);
        }
        Set<String> known = configuration().namespaces().keySet();
        if (given == null && known.size() == 1) {
            return known.iterator().next();
        }
        if (given == null) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "the configuration has " + known.size() + " namespaces, and none is named",
                    "Name one of: " + String.join(", ", known) + ".");
        }
        if (!known.contains(given)) {
            String hint = NearestName.of(given, known)
                    .map(name -> "Did you mean '" + name + "'?")
                    .orElse("Use one of: " + String.join(", ", known) + ".");
            throw new CliException(
                    ErrorCode.UNKNOWN_NAMESPACE,
                    "namespace '" + given + "' is not in the configuration '" + configurationFile() + "'",
                    hint);
        }
        return given;
    }

    /** Returns the given namespace, checked as {@link #namespace} does, or all configured ones when it is null. */
    List<String> namespaces(String given) {
        if (isRemote()) {
            return remote().namespaces(given);
        }
        return given == null ? List.copyOf(configuration().namespaces().keySet()) : List.of(namespace(given));
    }

    /** Returns the listener that shows progress on standard error; with {@code --json} nothing is shown. */
    OperationListener progress() {
        if (options.isJson()) {
            return decoration.listener(OperationListener.NONE);
        }
        endProgress();
        progress = new ProgressPrinter(
                surroundings.err(),
                surroundings.isTerminal() ? ProgressPrinter.Style.TERMINAL : ProgressPrinter.Style.PLAIN,
                surroundings.monotonicClock());
        return decoration.listener(progress);
    }

    /** Ends a progress line that is being drawn, so that what follows begins on a line of its own. */
    void endProgress() {
        if (progress != null) {
            progress.finish();
        }
    }

    /** Shows a result: the document with {@code --json}, the text otherwise. */
    void show(Object document, String text) {
        if (options.isJson()) {
            surroundings.out().println(Json.text(document));
        } else {
            surroundings.out().print(text);
            if (!text.isEmpty() && !text.endsWith("\n")) {
                surroundings.out().println();
            }
        }
        surroundings.out().flush();
    }

    /** Tells a person something that is not part of the result. */
    void note(String text) {
        surroundings.err().println(text);
        surroundings.err().flush();
    }

    /** Frees everything. The result was shown: what goes wrong here is logged and changes nothing about it. */
    @Override
    public void close() {
        try {
            if (wiring != null) {
                noteRetries(wiring.archiveRetries());
                wiring.close();
            }
        } catch (TidemarkException e) {
            LOG.warn("not everything could be closed: {}", e.getMessage());
        } finally {
            periodicTasks.close();
            workers.shutdownNow();
        }
    }

    /** A store that fails now and then is to be noticed before it fails for good. */
    private void noteRetries(RetryCounts counts) {
        if (counts.retries() > 0 && !options.isJson()) {
            endProgress();
            note("The archive's store failed now and then: it was asked again " + counts.retries() + " times.");
        }
    }

    private static ExecutorService daemonThreads() {
        AtomicInteger count = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "worker-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
