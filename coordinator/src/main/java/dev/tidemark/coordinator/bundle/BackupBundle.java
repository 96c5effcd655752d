package dev.tidemark.coordinator.bundle;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.catalog.CachedCatalog;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.approval.ArchiveApprovalStore;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.Authenticator;
import dev.tidemark.coordinator.service.access.credential.Tokens;
import dev.tidemark.coordinator.service.access.limit.LockOut;
import dev.tidemark.coordinator.service.access.limit.RateLimit;
import dev.tidemark.coordinator.service.operations.DailyVerification;
import dev.tidemark.coordinator.service.operations.EngineOrderRunner;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.task.AdminTasks;
import dev.tidemark.coordinator.service.view.Views;
import dev.tidemark.kvs.time.PeriodicTasks;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.ConfiguredBundle;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Lets an application back up and restore its own embedded stores: tasks on its admin port, a health check, and orders that outlive the
 * process. See docs/embedding.rst. Add it before whatever reads the configuration.
 *
 * @param <C> the application's configuration
 */
public abstract class BackupBundle<C extends Configuration> implements ConfiguredBundle<C> {
    /** Name of the health check. */
    public static final String HEALTH_CHECK = "backup";

    /** How often it looks after orders that could not be taken up at once. */
    private static final Duration RETRY = Duration.ofSeconds(3);

    private final Path directory;
    private final EngineSeams seams;
    private final UnaryOperator<String> environmentVariables;

    /**
     * Creates the bundle.
     *
     * @param directory what relative paths in the section are resolved against
     * @param seams what it takes from the process; the application closes what has to be closed of it, after the bundle
     * @param environmentVariables value of an environment variable, null when it is not set
     */
    protected BackupBundle(Path directory, EngineSeams seams, UnaryOperator<String> environmentVariables) {
        this.directory = directory;
        this.seams = seams;
        this.environmentVariables = environmentVariables;
    }

    /** Returns the section of the configuration. */
    protected abstract BackupSection section(C configuration);

    /** Returns what the application has in its process; its stores are open. */
    protected abstract EmbeddedParts parts(C configuration);

    @Override
    public void initialize(Bootstrap<?> bootstrap) {
        ConfigurationReader.teach(bootstrap.getObjectMapper(), directory);
    }

    /**
     * Adds tasks, health check and lifecycle.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException what opening the archive throws
     */
    @Override
    public void run(C configuration, Environment environment) {
        BackupSection section = section(configuration);
        EmbeddedParts parts = parts(configuration);
        TidemarkConfiguration tidemark = section.tidemark();
        Wiring wiring = new Wiring(
                tidemark,
                environmentVariables,
                seams,
                new EmbeddedDecoration(parts.oracle()),
                TidemarkConfiguration.MAIN_ARCHIVE);
        Archive archive = wiring.archive();
        Coordinator coordinator = wiring.coordinator();
        Set<String> namespaces = tidemark.namespaces().keySet();
        ParallelWork work = new ParallelWork(
                seams.workers(), tidemark.operations().toOptions().parallelism());
        OperationDesk desk = new OperationDesk(
                new OrderBooks(archive, namespaces),
                new ReleasingOrderRunner(runner(tidemark, archive, coordinator, work), parts),
                seams.workers(),
                seams.clock(),
                seams.random(),
                section.limits(),
                () -> true);
        Views views = new Views(archive, coordinator, namespaces, new CachedCatalog(), seams.clock());
        AccessConfiguration access = section.access();
        new AdminTasks(namespaces, approvals(access, archive), desk, views, wiring.oracle(), wiring::connectors, work)
                .addTo(environment.admin(), authenticator(access), null);
        environment.healthChecks().register(HEALTH_CHECK, new BackupHealthCheck(views, namespaces));
        environment.lifecycle().manage(new Managed() {
            private PeriodicTasks.Registration retries;

            @Override
            public void start() {
                namespaces.forEach(desk::recover);
                desk.open();
                retries = seams.periodicTasks().every("orders", RETRY, desk::retryLeft);
            }

            @Override
            public void stop() {
                if (retries != null) {
                    retries.close();
                }
                desk.close();
                wiring.close();
            }
        });
    }

    private EngineOrderRunner runner(
            TidemarkConfiguration tidemark, Archive archive, Coordinator coordinator, ParallelWork work) {
        return new EngineOrderRunner(
                coordinator,
                namespace -> tidemark.retention(TidemarkConfiguration.MAIN_ARCHIVE, namespace),
                tidemark.garbage().toOptions(),
                new DailyVerification(archive, work, seams, namespace -> tidemark.namespaces()
                        .get(namespace)
                        .verification()
                        .daily()),
                Decoration.NONE::listener);
    }

    private Approvals approvals(AccessConfiguration access, Archive archive) {
        return new Approvals(access.approval(), new ArchiveApprovalStore(archive), seams.clock(), seams.random());
    }

    private Authenticator authenticator(AccessConfiguration access) {
        return new Authenticator(
                Tokens.open(access.tokens(), access.tokenFile(), seams.clock(), seams.monotonicClock()),
                access.certificates(),
                new LockOut(seams.monotonicClock()),
                new RateLimit(access.rateLimit(), seams.monotonicClock()));
    }
}
