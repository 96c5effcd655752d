package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.service.health.BoundStoreHealthCheck;
import dev.tidemark.timestamp.service.health.ImmutableTimestampHealthCheck;
import dev.tidemark.timestamp.service.health.LeadershipHealthCheck;
import dev.tidemark.timestamp.service.health.NamespacesHealthCheck;
import dev.tidemark.timestamp.service.metrics.OracleMetrics;
import dev.tidemark.timestamp.service.task.OracleTasks;
import dev.tidemark.timestamp.service.watch.ImmutableTimestampAlarm;
import dev.tidemark.timestamp.status.OracleStatusReader;
import dev.tidemark.timestamp.web.Grants;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;

/** What an operator sees of the service: metrics, health checks, tasks, the status and an alarm. */
final class Supervision {
    /** How often the alarm is looked at: often enough for its limit, and not more than that. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

    private final OracleHost host;
    private final OracleSeams seams;
    private final ImmutableTimestampAlarm alarm;
    private final OracleStatusReader status;

    Supervision(OracleHost host, TimestampServiceSettings settings, OracleSeams seams, String serverId) {
        this.host = host;
        this.seams = seams;
        this.alarm = new ImmutableTimestampAlarm(
                host, settings.immutableTimestampAlarm().toJavaDuration());
        this.status = new OracleStatusReader(host, serverId, settings.storeType(), settings.storeDescription());
    }

    void addTo(Environment environment, OracleMetrics metrics, Grants grants) {
        metrics.add(host, alarm, seams);
        environment
                .servlets()
                .addFilter("request-metrics", metrics.filter())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        environment.admin().addServlet("prometheus", metrics.servlet()).addMapping(OracleMetrics.PATH);
        environment.healthChecks().register("leadership", new LeadershipHealthCheck(host));
        environment.healthChecks().register("bound-store", new BoundStoreHealthCheck(host));
        environment.healthChecks().register("namespaces", new NamespacesHealthCheck(host));
        environment.healthChecks().register("immutable-timestamp", new ImmutableTimestampHealthCheck(alarm));
        environment.jersey().register(new StatusResource(status));
        new OracleTasks(host, status, grants).addTo(environment.admin());
        environment.lifecycle().manage(looking());
    }

    private Managed looking() {
        Duration often = alarm.limit().dividedBy(2);
        Duration interval = often.compareTo(LONGEST_LOOK) < 0 ? often : LONGEST_LOOK;
        return new Managed() {
            private PeriodicTasks.Registration registration;

            @Override
            public void start() {
                registration = seams.periodicTasks().every("immutable-timestamp-alarm", interval, alarm::look);
            }

            @Override
            public void stop() {
                if (registration != null) {
                    registration.close();
                }
            }
        };
    }
}
