package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.service.access.AccessFilter;
import dev.tidemark.coordinator.service.access.SecurityHeadersFilter;
import dev.tidemark.coordinator.service.access.approval.ApprovalFilter;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.approval.InMemoryApprovalStore;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.AuthenticationFilter;
import dev.tidemark.coordinator.service.access.credential.Authenticator;
import dev.tidemark.coordinator.service.access.credential.Exposure;
import dev.tidemark.coordinator.service.access.credential.Tokens;
import dev.tidemark.coordinator.service.access.limit.LockOut;
import dev.tidemark.coordinator.service.access.limit.RateLimit;
import dev.tidemark.coordinator.service.problem.BodyLimitFilter;
import dev.tidemark.coordinator.service.problem.InstanceIds;
import dev.tidemark.coordinator.service.problem.ProblemMapper;
import dev.tidemark.coordinator.service.problem.StrictJson;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** A service with resources for tests behind everything that guards the real ones, on a free port of the loopback address. */
public final class TestService implements AutoCloseable {
    private final FakeTime time = new FakeTime();
    private final WebServer server;
    private final Approvals approvals;
    private HttpClient http = HttpClient.newHttpClient();

    /** Starts a service without TLS. */
    public TestService(AccessConfiguration access, Object... resources) throws Exception {
        this(access, null, resources);
    }

    /** Starts a service on a connector of its own, or without TLS when it is null. */
    public TestService(AccessConfiguration access, ConnectorFactory connector, Object... resources) throws Exception {
        this.approvals = new Approvals(access.approval(), new InMemoryApprovalStore(), time, new Random(5));
        Configuration configuration = new Configuration();
        DefaultServerFactory servers = WebServer.embedded(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (connector != null) {
            servers.setApplicationConnectors(List.of(connector));
        }
        configuration.setServerFactory(servers);
        configuration.setLoggingFactory(new ExternalLoggingFactory());
        this.server = WebServer.start(
                new Application<Configuration>() {
                    @Override
                    public void run(Configuration same, Environment environment) {
                        Exposure.check(same.getServerFactory(), access);
                        guard(environment, access);
                        List.of(resources).forEach(environment.jersey()::register);
                        ((AbstractServerFactory) same.getServerFactory()).setRegisterDefaultExceptionMappers(false);
                    }
                },
                configuration);
    }

    private void guard(Environment environment, AccessConfiguration access) {
        Tokens tokens = Tokens.open(access.tokens(), access.tokenFile(), time, time);
        Authenticator authenticator = new Authenticator(
                tokens, access.certificates(), new LockOut(time), new RateLimit(access.rateLimit(), time));
        StrictJson.configure(environment.getObjectMapper());
        environment.jersey().register(new AuthenticationFilter(authenticator));
        environment.jersey().register(new AccessFilter());
        environment.jersey().register(new BodyLimitFilter(BodyLimitFilter.DEFAULT_LIMIT_BYTES));
        environment.jersey().register(new ApprovalFilter(approvals));
        environment.jersey().register(new ProblemMapper(InstanceIds.random(new Random(9))));
        environment
                .servlets()
                .addFilter("security-headers", new SecurityHeadersFilter("/api/"))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** Returns its time, which passes when a test says so. */
    public FakeTime time() {
        return time;
    }

    /** Returns its approvals. */
    public Approvals approvals() {
        return approvals;
    }

    /** Returns the port on which it listens. */
    public int port() {
        return server.port();
    }

    /** Uses another client from now on, such as one with a certificate. */
    public TestService with(HttpClient client) {
        this.http = client;
        return this;
    }

    /** Sends a request without a body. */
    public HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        return send(request(path, headers).method(method, BodyPublishers.noBody()));
    }

    /** Sends a request with a JSON body. */
    public HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send(request(path, headers)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    /** Begins a request; headers are names and values in turn. */
    public HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.endpoint("") + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Sends a request. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
