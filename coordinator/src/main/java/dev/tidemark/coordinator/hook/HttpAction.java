package dev.tidemark.coordinator.hook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.outbound.OutboundAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends an HTTP request with a JSON body that says what happens. An answer with a status from 200 to 299 is a success; no redirect is
 * followed, and nothing is sent a second time.
 */
public final class HttpAction implements HookAction {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final URI url;
    private final String method;
    private final Map<String, String> headers;
    private final Supplier<String> token;
    private final OutboundAddresses addresses;
    private final Executor workers;

    /**
     * Creates the action.
     *
     * @param headers sent besides those of HTTP
     * @param token reads the bearer token when it is needed; gives an empty text for none
     * @param addresses decides whether the URL may be called
     * @param workers runs what blocks
     */
    public HttpAction(
            URI url,
            String method,
            Map<String, String> headers,
            Supplier<String> token,
            OutboundAddresses addresses,
            Executor workers) {
        this.url = url;
        this.method = method;
        this.headers = new TreeMap<>(headers);
        this.token = token;
        this.addresses = addresses;
        this.workers = workers;
    }

    /** What follows the path of the URL may be a secret. */
    @Override
    public String describe() {
        return method + " " + url.getScheme() + "://" + url.getAuthority() + url.getPath();
    }

    @Override
    public HookResult run(HookFacts facts, Duration limit) throws InterruptedException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, url);
        CompletableFuture<HookResult> answer = new CompletableFuture<>();
        workers.execute(() -> {
            try {
                answer.complete(send(request, facts, limit));
            } catch (CoordinatorException e) {
                answer.complete(new HookResult("was not sent: " + e.getMessage(), ""));
            } catch (IOException e) {
                answer.complete(new HookResult("got no answer: " + e.getMessage(), ""));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new HookResult("has not answered within " + limit.toSeconds() + " s", "");
        } catch (ExecutionException e) {
            return new HookResult("could not be sent: " + e.getCause(), "");
        } finally {
            request.abort();
        }
    }

    private HookResult send(HttpUriRequestBase request, HookFacts facts, Duration limit) throws IOException {
        List<InetAddress> allowed = addresses.check(url);
        headers.forEach(request::setHeader);
        String bearer = token.get();
        if (!bearer.isEmpty()) {
            request.setHeader("Authorization", "Bearer " + bearer);
        }
        request.setEntity(new StringEntity(body(facts), ContentType.APPLICATION_JSON));
        // What was checked is what is connected to.
        InMemoryDnsResolver resolver = new InMemoryDnsResolver();
        resolver.add(url.getHost(), allowed.toArray(InetAddress[]::new));
        resolver.add(url.getHost().replaceAll("[\\[\\]]", ""), allowed.toArray(InetAddress[]::new));
        Timeout timeout = Timeout.of(limit);
        try (CloseableHttpClient client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(resolver)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .build())
                        .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(timeout).build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .build()) {
            return client.execute(request, HttpAction::result);
        }
    }

    private static HookResult result(ClassicHttpResponse response) throws IOException {
        BoundedOutput output = new BoundedOutput();
        if (response.getEntity() != null) {
            InputStream content = response.getEntity().getContent();
            output.add(content.readNBytes(BoundedOutput.MAX_KEPT));
        }
        int status = response.getCode();
        return status >= 200 && status < 300
                ? HookResult.succeeded(output.text())
                : new HookResult("was answered with status " + status, output.text());
    }

    private static String body(HookFacts facts) {
        try {
            return MAPPER.writeValueAsString(facts.fields());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts by name are JSON", e);
        }
    }
}
