package dev.tidemark.coordinator.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.catalog.CachedCatalog;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.service.access.AccessFilter;
import dev.tidemark.coordinator.service.access.SecurityHeadersFilter;
import dev.tidemark.coordinator.service.access.approval.ApprovalFilter;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.approval.ArchiveApprovalStore;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.AuthenticationFilter;
import dev.tidemark.coordinator.service.access.credential.Authenticator;
import dev.tidemark.coordinator.service.access.credential.Exposure;
import dev.tidemark.coordinator.service.access.credential.TokenHealthCheck;
import dev.tidemark.coordinator.service.access.credential.Tokens;
import dev.tidemark.coordinator.service.access.limit.LockOut;
import dev.tidemark.coordinator.service.access.limit.RateLimit;
import dev.tidemark.coordinator.service.dashboard.DashboardResource;
import dev.tidemark.coordinator.service.leading.Leadership;
import dev.tidemark.coordinator.service.observation.LogContext;
import dev.tidemark.coordinator.service.operations.DailyVerification;
import dev.tidemark.coordinator.service.operations.EngineOrderRunner;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.problem.BodyLimitFilter;
import dev.tidemark.coordinator.service.problem.InstanceIds;
import dev.tidemark.coordinator.service.problem.ProblemMapper;
import dev.tidemark.coordinator.service.problem.StrictJson;
import dev.tidemark.coordinator.service.rest.ApprovalResource;
import dev.tidemark.coordinator.service.rest.HoldResource;
import dev.tidemark.coordinator.service.rest.InstanceResource;
import dev.tidemark.coordinator.service.rest.LeaderFilter;
import dev.tidemark.coordinator.service.rest.OrderEvents;
import dev.tidemark.coordinator.service.rest.OrderListResource;
import dev.tidemark.coordinator.service.rest.OrderResource;
import dev.tidemark.coordinator.service.rest.PlanResource;
import dev.tidemark.coordinator.service.scheduled.ScheduleLoop;
import dev.tidemark.coordinator.service.task.AdminTasks;
import dev.tidemark.coordinator.service.view.Views;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.StatusReader;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The service. Started by {@link ServiceServer}. */
final class ServiceApplication extends Application<ServiceConfiguration> {
    private final Path directory;
    private final EngineSeams seams;
    private final UnaryOperator<String> environmentVariables;
    private final Decoration decoration;

    /** What frees what this application has opened; does nothing until it runs. */
    private Runnable closing = () -> {};

    /**
     * Creates the application.
     *
     * @param directory what relative paths in its configuration are resolved against
     * @param environmentVariables value of an environment variable, null when it is not set
     */
    ServiceApplication(
            Path directory, EngineSeams seams, UnaryOperator<String> environmentVariables, Decoration decoration) {
        this.directory = directory;
        this.seams = LogContext.carriedBy(seams);
        this.environmentVariables = environmentVariables;
        this.decoration = decoration;
    }

    @Override
    public String getName() {
        return "tidemark";
    }

    @Override
    public void initialize(Bootstrap<ServiceConfiguration> bootstrap) {
        ConfigurationReader.teach(bootstrap.getObjectMapper(), directory);
        // A variable that is not set is an error: an empty password would say something else.
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(true)));
    }

    @Override
    public void run(ServiceConfiguration configuration, Environment environment) {
        AccessConfiguration access = configuration.access();
        Exposure.check(configuration.getServerFactory(), access);
        TidemarkConfiguration tidemark = configuration.tidemark();
        Wiring wiring =
                new Wiring(tidemark, environmentVariables, seams, decoration, TidemarkConfiguration.MAIN_ARCHIVE);
        closing = wiring::close;
        Archive archive = wiring.archive();
        Coordinator coordinator = wiring.coordinator();
        Set<String> namespaces = tidemark.namespaces().keySet();
        Function<String, RetentionPolicy> retention =
                namespace -> tidemark.retention(TidemarkConfiguration.MAIN_ARCHIVE, namespace);
        CachedCatalog catalog = new CachedCatalog();
        Views views = new Views(archive, coordinator, namespaces, catalog, seams.clock());
        StatusReader reader = wiring.statusReader(LockWatch.remembering(seams.monotonicClock()), catalog::list);
        Leadership leadership =
                new Leadership(archive, namespaces, configuration.service().leading(), seams);
        OrderBooks books = new OrderBooks(archive, namespaces);
        Monitoring monitoring = new Monitoring(configuration, wiring, reader, books, views, seams);
        OperationDesk desk = new OperationDesk(
                books,
                monitoring.watched(new EngineOrderRunner(
                        coordinator,
                        retention,
                        tidemark.garbage().toOptions(),
                        new DailyVerification(archive, work(tidemark), seams, namespace -> tidemark.namespaces()
                                .get(namespace)
                                .verification()
                                .daily()),
                        decoration::listener)),
                seams.workers(),
                seams.clock(),
                seams.random(),
                configuration.service().deskLimits(),
                leadership::leads);
        ScheduleLoop schedules = new ScheduleLoop(archive, tidemark.timetable(), desk, seams);
        closing = () -> {
            leadership.close();
            desk.close();
            monitoring.close();
            wiring.close();
        };
        environment.lifecycle().manage(managed());
        ObjectMapper mapper = environment.getObjectMapper();
        mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        mapper.disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
        Approvals approvals =
                new Approvals(access.approval(), new ArchiveApprovalStore(archive), seams.clock(), seams.random());
        Authenticator authenticator = guard(configuration, environment, access, approvals);
        new AdminTasks(namespaces, approvals, desk, views, wiring.oracle(), wiring::connectors, work(tidemark))
                .addTo(environment.admin(), authenticator, schedules.scheduler());
        new DescribingPaths(tidemark, archive, views, seams)
                .register(
                        environment.jersey(),
                        reader,
                        coordinator.upkeep(),
                        schedules.scheduler(),
                        namespace -> desk.isBusy(namespace)
                                ? Optional.empty() // it changes right now
                                : monitoring.recent(namespace));
        environment.jersey().register(new OrderResource(desk, new OrderEvents(desk, mapper, seams.sleeper())));
        environment.jersey().register(new HoldResource(views, coordinator.upkeep(), seams.clock(), seams.random()));
        environment.jersey().register(new PlanResource(coordinator, retention));
        environment.jersey().register(new ApprovalResource(approvals));
        environment.jersey().register(new OrderListResource(desk));
        environment.jersey().register(new DashboardResource());
        environment.jersey().register(new InstanceResource(leadership));
        environment.jersey().register(new LeaderFilter(leadership));
        monitoring.start(environment, desk, schedules, leadership::leads);
        leadership.start(new ServiceDuties(desk, schedules, namespaces, seams.monotonicClock()));
    }

    private ParallelWork work(TidemarkConfiguration tidemark) {
        return new ParallelWork(
                seams.workers(), tidemark.operations().toOptions().parallelism());
    }

    private Authenticator guard(
            ServiceConfiguration configuration,
            Environment environment,
            AccessConfiguration access,
            Approvals approvals) {
        Tokens tokens = Tokens.open(access.tokens(), access.tokenFile(), seams.clock(), seams.monotonicClock());
        StrictJson.configure(environment.getObjectMapper());
        environment.healthChecks().register("tokens", new TokenHealthCheck(tokens));
        if (configuration.getServerFactory() instanceof AbstractServerFactory factory) {
            factory.setRegisterDefaultExceptionMappers(false);
        }
        Authenticator authenticator = new Authenticator(
                tokens,
                access.certificates(),
                new LockOut(seams.monotonicClock()),
                new RateLimit(access.rateLimit(), seams.monotonicClock()));
        environment.jersey().register(new AuthenticationFilter(authenticator));
        environment.jersey().register(new AccessFilter());
        environment.jersey().register(new BodyLimitFilter(BodyLimitFilter.DEFAULT_LIMIT_BYTES));
        environment.jersey().register(new ApprovalFilter(approvals));
        environment.jersey().register(new ProblemMapper(InstanceIds.random(seams.random())));
        environment
                .servlets()
                .addFilter("security-headers", new SecurityHeadersFilter("/api/"))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        return authenticator;
    }

    /** Frees what is open; needed when the server that would do so did not start. Closing twice does nothing. */
    void close() {
        Runnable present = closing;
        closing = () -> {};
        present.run();
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
