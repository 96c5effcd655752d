package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.agent.node.NodeFactory;
import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.task.EpochFence;
import dev.tidemark.coordinator.agent.task.StagingUploads;
import dev.tidemark.coordinator.agent.task.TaskRunner;
import dev.tidemark.coordinator.agent.task.Tasks;
import dev.tidemark.coordinator.agent.throttle.BandwidthLimit;
import dev.tidemark.coordinator.agent.throttle.CopyGate;
import dev.tidemark.coordinator.agent.throttle.CopyThrottle;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.retry.RetrySeams;
import dev.tidemark.coordinator.config.ArchiveOpener;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.SecretReader;
import dev.tidemark.coordinator.config.TokenConfiguration;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.timestamp.web.BodyLimitFilter;
import dev.tidemark.timestamp.web.Credentials;
import dev.tidemark.timestamp.web.ErrorMapper;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The agent. Started by {@link AgentServer}. */
final class AgentApplication extends Application<AgentConfiguration> {
    private final Path directory;
    private final NodeFactory nodes;
    private final EngineSeams seams;
    private final UnaryOperator<String> environmentVariables;

    /** What frees what this application has opened; does nothing until it runs. */
    private Runnable closing = () -> {};

    /**
     * Creates the application.
     *
     * @param directory what relative paths in its configuration are resolved against
     * @param environmentVariables value of an environment variable, null when it is not set
     */
    AgentApplication(Path directory, NodeFactory nodes, EngineSeams seams, UnaryOperator<String> environmentVariables) {
        this.directory = directory;
        this.nodes = nodes;
        this.seams = seams;
        this.environmentVariables = environmentVariables;
    }

    @Override
    public String getName() {
        return "agent";
    }

    @Override
    public void initialize(Bootstrap<AgentConfiguration> bootstrap) {
        ConfigurationReader.teach(bootstrap.getObjectMapper(), directory);
        // A variable that is not set is an error: an empty password would say something else.
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(true)));
    }

    @Override
    public void run(AgentConfiguration configuration, Environment environment) {
        AgentSettings settings = configuration.agent();
        Exposure.check(configuration.getServerFactory(), settings.token() != null);
        Credentials credentials = new Credentials(token(settings.token()));
        DirectoryLock lock = DirectoryLock.acquire(settings.directory(), DirectoryLock.Use.PRIVATE, seams.sleeper());
        closing = lock::close;
        EpochFence fence = EpochFence.open(settings.directory());
        ArchiveOpener opener = new ArchiveOpener(
                configuration.archive(),
                environmentVariables,
                new ArchiveSeams(seams.clock(), seams.random(), seams.workers()),
                new RetrySeams(seams.monotonicClock(), seams.sleeper(), seams.random()),
                UnaryOperator.identity());
        ConfiguredArchive archive = new ConfiguredArchive(opener::open);
        ServedNode served = nodes.open(configuration.node());
        CopyGate gate = CopyGate.in(settings.directory());
        TaskRunner runner = new TaskRunner(
                served,
                archive,
                throttle(gate, settings.bandwidthLimit()),
                new ParallelWork(seams.workers(), settings.parallelism()));
        Tasks tasks = new Tasks(runner, fence, gate, seams.workers(), settings.taskLimits());
        StagingUploads uploads = new StagingUploads(served.node(), seams.monotonicClock(), this::newId);
        closing = () -> {
            tasks.close();
            uploads.close();
            served.close();
            opener.close();
            lock.close();
        };
        environment.lifecycle().manage(managed());
        environment.healthChecks().register("node", new AgentHealthCheck(served.node()::snapshots));
        environment.healthChecks().register("archive", new AgentHealthCheck(archive::open));
        environment.jersey().register(new Filters.Authentication(credentials));
        environment.jersey().register(new Filters.Signature());
        environment.jersey().register(new BodyLimitFilter(AgentProtocol.MAX_JSON_BYTES));
        environment.jersey().register(new ErrorMapper(this::newId, "agent"));
        environment
                .jersey()
                .register(new StatusResource(
                        served,
                        archive,
                        tasks,
                        gate,
                        settings.bandwidthLimit() == null ? 0 : settings.bandwidthLimit()));
        environment.jersey().register(new TaskResource(tasks));
        environment.jersey().register(new SnapshotResource(served.node()));
        environment.jersey().register(new RestoreResource(served, uploads));
        if (configuration.getServerFactory() instanceof AbstractServerFactory factory) {
            factory.setRegisterDefaultExceptionMappers(false);
        }
    }

    /** Frees what is open; needed when the server that would do so did not start. Closing twice does nothing. */
    void close() {
        Runnable present = closing;
        closing = () -> {};
        present.run();
    }

    private CopyThrottle throttle(CopyGate gate, Long bandwidthLimit) {
        return bandwidthLimit == null
                ? CopyThrottle.of(gate)
                : CopyThrottle.of(gate, new BandwidthLimit(bandwidthLimit, seams.monotonicClock(), seams.sleeper()));
    }

    private String token(TokenConfiguration token) {
        return token == null
                ? null
                : new SecretReader(environmentVariables).line("token", token.file(), token.environment());
    }

    private UUID newId() {
        return new UUID(seams.random().nextLong(), seams.random().nextLong());
    }

    private Managed managed() {
        return new Managed() {
            @Override
            public void stop() {
                close();
            }
        };
    }
}
