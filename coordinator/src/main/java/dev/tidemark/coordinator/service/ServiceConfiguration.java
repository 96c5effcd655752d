package dev.tidemark.coordinator.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.config.ArchiveConfiguration;
import dev.tidemark.coordinator.config.GarbageConfiguration;
import dev.tidemark.coordinator.config.NamespaceConfiguration;
import dev.tidemark.coordinator.config.OperationsConfiguration;
import dev.tidemark.coordinator.config.OracleConfiguration;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.notification.channels.NotificationsConfiguration;
import dev.tidemark.coordinator.service.trace.TracingConfiguration;
import dev.tidemark.coordinator.service.watch.MonitoringConfiguration;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.core.Configuration;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration file of the service: that of the command line, with sections {@code service}, {@code access}, {@code monitoring},
 * {@code notifications} and {@code tracing}, and Dropwizard's own sections. The
 * command line leaves those alone, so that one file does for both.
 */
public final class ServiceConfiguration extends Configuration {
    /** Where the service listens when its configuration does not say. */
    static final int DEFAULT_PORT = 8440;

    private static final int DEFAULT_ADMIN_PORT = 8441;

    private final TidemarkConfiguration tidemark;
    private final ServiceSettings service;
    private final AccessConfiguration access;
    private final MonitoringConfiguration monitoring;
    private final NotificationsConfiguration notifications;
    private final TracingConfiguration tracing;

    /** Creates a configuration that listens on the loopback address, with Dropwizard's defaults for the rest. */
    @JsonCreator
    public ServiceConfiguration(
            @JsonProperty("archive") ArchiveConfiguration archive,
            @JsonProperty("archives") Map<String, ArchiveConfiguration> archives,
            @JsonProperty("oracle") OracleConfiguration oracle,
            @JsonProperty("namespaces") Map<String, NamespaceConfiguration> namespaces,
            @JsonProperty("operations") OperationsConfiguration operations,
            @JsonProperty("garbage") GarbageConfiguration garbage,
            @JsonProperty("service") ServiceSettings service,
            @JsonProperty("access") AccessConfiguration access,
            @JsonProperty("monitoring") MonitoringConfiguration monitoring,
            @JsonProperty("notifications") NotificationsConfiguration notifications,
            @JsonProperty("tracing") TracingConfiguration tracing) {
        this.tidemark = new TidemarkConfiguration(archive, archives, oracle, namespaces, operations, garbage);
        this.access = access;
        this.service = service == null ? ServiceSettings.DEFAULT : service;
        this.monitoring = monitoring == null ? MonitoringConfiguration.DEFAULT : monitoring;
        this.notifications = notifications == null ? NotificationsConfiguration.NONE : notifications;
        this.tracing = tracing;
        setServerFactory(WebServer.onLoopback(DEFAULT_PORT, DEFAULT_ADMIN_PORT));
    }

    /** Returns what the command line would read in the same file. */
    @JsonIgnore
    public TidemarkConfiguration tidemark() {
        return tidemark;
    }

    /** Returns the section {@code service}. */
    @JsonProperty("service")
    public ServiceSettings service() {
        return service;
    }

    /**
     * Returns the section {@code access}.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when there is none: nobody would be let in
     */
    @JsonProperty("access")
    public AccessConfiguration access() {
        if (access == null) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the configuration has no section 'access', so that nobody would be let in",
                    "Make a token with 'tidemark token new' and add it; see docs/security.rst.");
        }
        return access;
    }

    /** Returns the section {@code monitoring}. */
    @JsonProperty("monitoring")
    public MonitoringConfiguration monitoring() {
        return monitoring;
    }

    /** Returns the section {@code notifications}. */
    @JsonProperty("notifications")
    public NotificationsConfiguration notifications() {
        return notifications;
    }

    /** Returns the section {@code tracing}; nothing when there is none: then nothing is traced. */
    @JsonIgnore
    public Optional<TracingConfiguration> tracing() {
        return Optional.ofNullable(tracing);
    }
}
