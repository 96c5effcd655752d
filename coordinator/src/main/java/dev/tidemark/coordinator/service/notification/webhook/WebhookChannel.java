package dev.tidemark.coordinator.service.notification.webhook;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.outbound.OutboundAddresses;
import dev.tidemark.coordinator.service.notification.Notification;
import dev.tidemark.coordinator.service.notification.NotificationChannel;
import dev.tidemark.coordinator.service.notification.NotificationTemplate;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/** Posts notifications to a URL. Each on a connection of its own, whose address was checked right before. */
public final class WebhookChannel implements NotificationChannel {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int REQUEST_TIMEOUT = 408;

    private final WebhookConfiguration configuration;
    private final OutboundAddresses addresses;
    private final NotificationTemplate template;
    private final CloseableHttpClient client;

    /** Those of the delivery that is under way. */
    private volatile List<InetAddress> checked = List.of();

    private WebhookChannel(
            WebhookConfiguration configuration, OutboundAddresses addresses, NotificationTemplate template) {
        this.configuration = configuration;
        this.addresses = addresses;
        this.template = template;
        Timeout timeout = Timeout.of(configuration.delivery().timeout());
        client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new CheckedAddresses())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .build())
                        .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(timeout).build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .build();
    }

    /**
     * Creates a channel; connects to nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when its template can't be used
     */
    public static WebhookChannel create(WebhookConfiguration configuration, OutboundAddresses addresses) {
        NotificationTemplate template = configuration.template() == null
                ? NotificationTemplate.parse(everything(configuration.form()), configuration.form())
                : NotificationTemplate.read(configuration.template(), configuration.form());
        return new WebhookChannel(configuration, addresses, template);
    }

    @Override
    public Attempt deliver(Notification notification) {
        try {
            checked = addresses.check(configuration.url());
            return post(template.render(notification));
        } catch (CoordinatorException e) {
            return e.code() == ErrorCode.NOT_ALLOWED_NOW
                    ? Attempt.again(e.getMessage())
                    : Attempt.never(e.getMessage() + "; " + e.hint());
        } catch (IOException e) {
            // The message of an exception may have the URL in it.
            return Attempt.again("no answer from '" + configuration.url().getHost() + "': "
                    + e.getClass().getSimpleName());
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Attempt post(String text) throws IOException {
        HttpPost post = new HttpPost(configuration.url());
        boolean isJson = configuration.form() == NotificationTemplate.Form.JSON;
        configuration.headers().forEach(post::setHeader);
        post.setEntity(new StringEntity(
                text, isJson ? ContentType.APPLICATION_JSON : ContentType.create("text/plain", "UTF-8")));
        int status = client.execute(post, response -> response.getCode());
        if (status >= 200 && status < 300) {
            return Attempt.DELIVERED;
        }
        String reason = "'" + configuration.url().getHost() + "' has answered with status " + status;
        boolean isForLater = status >= 500 || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT;
        return isForLater ? Attempt.again(reason) : Attempt.never(reason);
    }

    private static String everything(NotificationTemplate.Form form) {
        if (form == NotificationTemplate.Form.TEXT) {
            return "${title}\n${message}\n${hint}\n";
        }
        return Notification.VARIABLES.stream()
                .map(variable -> "\"" + variable + "\":\"${" + variable + "}\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Resolves nothing: there is one host, and what it may be connected at is known. */
    private final class CheckedAddresses implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) {
            return checked.toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            throw new UnknownHostException("canonical names are not needed");
        }
    }
}
