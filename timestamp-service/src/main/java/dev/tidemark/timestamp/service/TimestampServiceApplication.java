package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.hot.HotAccess;
import dev.tidemark.timestamp.hot.WarmUp;
import dev.tidemark.timestamp.leader.Candidate;
import dev.tidemark.timestamp.leader.ElectedOracles;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.service.metrics.OracleMetrics;
import dev.tidemark.timestamp.web.AccessFeature;
import dev.tidemark.timestamp.web.BodyLimitFilter;
import dev.tidemark.timestamp.web.ErrorMapper;
import dev.tidemark.timestamp.web.Grants;
import dev.tidemark.timestamp.web.LeaderRedirects;
import dev.tidemark.timestamp.web.LeadershipMapper;
import dev.tidemark.timestamp.web.RequestLimitFilter;
import dev.tidemark.timestamp.web.Right;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import jakarta.servlet.DispatcherType;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The timestamp service. Started by {@link TimestampServer}, or by Dropwizard's {@code server CONFIG}. */
public final class TimestampServiceApplication extends Application<TimestampServiceConfiguration> {
    private static final Logger LOG = LoggerFactory.getLogger(TimestampServiceApplication.class);

    /** Enough for 20,000 lease tokens. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    private static final Set<Right> CLIENTS = Set.of(Right.CLIENT, Right.BACKUP);

    private final OracleSeams seams;
    private final Supplier<UUID> ids;

    /** What this application serves; null until it runs. */
    private OracleHost served;

    /**
     * Creates the application.
     *
     * @param seams times of the oracles
     * @param ids names this process and its errors
     */
    public TimestampServiceApplication(OracleSeams seams, Supplier<UUID> ids) {
        this.seams = seams;
        this.ids = ids;
    }

    /** Runs Dropwizard's command line, such as {@code server config.yml}. */
    public static void main(String[] arguments) throws Exception {
        new TimestampServiceApplication(systemSeams(), UUID::randomUUID).run(arguments);
    }

    /** Returns the times of the running system. */
    static OracleSeams systemSeams() {
        return new OracleSeams(MonotonicClock.system(), InstantSource.system(), new ThreadedPeriodicTasks());
    }

    @Override
    public String getName() {
        return "timestamp-service";
    }

    @Override
    public void initialize(Bootstrap<TimestampServiceConfiguration> bootstrap) {
        // A variable that is not set is an error: an empty token would leave the service open.
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(true)));
    }

    @Override
    public void run(TimestampServiceConfiguration configuration, Environment environment) {
        TimestampServiceSettings settings = configuration.oracle();
        HotPathSettings hotPath = configuration.hotPath();
        if (hotPath.enabled()) {
            // before the store is opened: who leads must be ready to answer
            new WarmUp(seams.monotonicClock(), hotPath.warmUp().toJavaDuration()).run();
        }
        String serverId = ids.get().toString();
        OracleMetrics metrics = new OracleMetrics(seams.monotonicClock());
        OracleHost host = host(settings, metrics, serverId);
        environment.lifecycle().manage(closing());
        ServedNamespaces namespaces =
                new ServedNamespaces(host, settings.createNamespaces(), new AllowedNames(settings.allowedNamespaces()));
        Grants grants = AccessSettings.grants(settings.access(), settings.token());
        serve(settings, host, namespaces, grants, environment);
        if (hotPath.enabled() && configuration.getServerFactory() instanceof DefaultServerFactory servers) {
            HotAccess access = (isConjure, authorization) -> grants.allow(authorization, CLIENTS, isConjure);
            new HotPath(namespaces::opened, access, metrics.requests())
                    .install(servers, settings.basePath(), environment);
        }
        new Supervision(host, settings, seams, serverId).addTo(environment, metrics, grants);
        if (settings.token() != null || settings.access() != null) {
            ExposureWarning.of(configuration.getServerFactory()).forEach(warning -> LOG.warn("{}", warning));
        }
        if (configuration.getServerFactory() instanceof AbstractServerFactory factory) {
            factory.setRegisterDefaultExceptionMappers(false);
            factory.setJerseyRootPath(rootPath(settings));
        }
    }

    private OracleHost host(TimestampServiceSettings settings, OracleMetrics metrics, String serverId) {
        BoundStore store = metrics.measured(settings.openStore());
        if (store instanceof SharedBoundStore shared) {
            LeadershipSettings leader = settings.leader();
            Candidate self =
                    new Candidate(serverId, leader.addressText(), leader.lease().toJavaDuration());
            served = ElectedOracles.start(shared, settings.oracleSettings(), seams, self, leader.strict());
            settings.namespaces().forEach(store::create); // whoever leads
        } else {
            TimestampOracles oracles = new TimestampOracles(store, settings.oracleSettings(), seams);
            served = oracles;
            settings.namespaces().forEach(oracles::create);
        }
        return served;
    }

    /** Gives the data directory up; needed when the server that would do so did not start. */
    void close() {
        if (served != null) {
            served.close();
        }
    }

    private void serve(
            TimestampServiceSettings settings,
            OracleHost host,
            ServedNamespaces namespaces,
            Grants grants,
            Environment environment) {
        makeStrict(environment.getObjectMapper());
        environment
                .servlets()
                .addFilter(
                        "request-limit",
                        new RequestLimitFilter(settings.maxRequests(), ids, environment.getObjectMapper()))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        ErrorMapper errors = new ErrorMapper(ids, "timestamp service");
        LeaderRedirects redirects =
                new LeaderRedirects(settings.basePath(), settings.leader().addressText(), host::leaderAddress);
        environment.jersey().register(new BodyLimitFilter(MAX_BODY_BYTES));
        environment.jersey().register(errors);
        environment.jersey().register(new LeadershipMapper(redirects, errors));
        environment.jersey().register(new AccessFeature(grants));
        resources(namespaces).forEach(environment.jersey()::register);
    }

    private List<Object> resources(ServedNamespaces namespaces) {
        UUID processId = ids.get();
        LeaseValidities validities = new LeaseValidities(seams.monotonicClock(), processId);
        StartTransactions starts = new StartTransactions(validities);
        ConjureTransactions transactions = new ConjureTransactions(starts, validities);
        return List.of(
                new TimestampResource(namespaces),
                new TimestampManagementResource(namespaces),
                new TimelockResource(namespaces, validities),
                new TimelockTransactionsResource(namespaces, starts, validities, seams.clock()),
                new ConjureTimelockResource(namespaces, validities),
                new ConjureTransactionsResource(namespaces, transactions, validities),
                new MultiNamespaceResource(namespaces, transactions, validities),
                new LockWatchResource(namespaces),
                new ManagementResource(namespaces, processId),
                new TidemarkResource(namespaces));
    }

    /** Makes requests be read as TimeLock reads them: a number is not a text, and no field is missing or misspelt. */
    private static void makeStrict(ObjectMapper mapper) {
        mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
        mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        mapper.coercionConfigFor(LogicalType.Integer)
                .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    private static String rootPath(TimestampServiceSettings settings) {
        String base = settings.basePath();
        return (base.endsWith("/") ? base : base + "/") + "*";
    }

    private Managed closing() {
        return new Managed() {
            @Override
            public void stop() {
                close();
            }
        };
    }
}
