package dev.tidemark.timestamp.http;

import dev.tidemark.timestamp.OracleErrors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JDK's HTTP client, with limits on the time and the length of a whole answer. Sends nothing twice. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future here throws nothing
final class Wire implements AutoCloseable {
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    /** TimeLock redirects clients that name this agent, and answers others with 503. */
    private static final String USER_AGENT = "tidemark/0.1 atlasdb-http-client/2.0";

    private final Duration readTimeout;
    private final Executor executor;

    /** Null once the wire is closed. */
    private volatile HttpClient http;

    Wire(HttpTimestampClientSettings settings, Executor executor) {
        this.readTimeout = settings.readTimeout();
        this.executor = executor;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(settings.protocol().version())
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(executor);
        if (!settings.tls().equals(OracleTls.DEFAULT)) {
            builder.sslContext(settings.tls().context());
        }
        this.http = builder.build();
    }

    /**
     * Sends a request once, and returns before it is answered.
     *
     * @param json the body, empty for none
     * @return fails with what the connection fails with, after the read timeout at the latest. Cancelling it ends the exchange
     */
    CompletableFuture<Reply> exchange(String method, URI server, String path, String json, String token) {
        HttpClient open = http;
        if (open == null) {
            return CompletableFuture.failedFuture(OracleErrors.closed());
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .header("User-Agent", USER_AGENT)
                .header("Authorization", "Bearer " + token)
                .method(method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        CompletableFuture<HttpResponse<Reply>> response = open.sendAsync(request.build(), info -> reading(info, reply));
        response.whenComplete((ignored, failure) -> {
            if (failure != null) {
                reply.completeExceptionally(failure);
            }
        });
        reply.whenComplete((ignored, failure) -> {
            if (failure != null) {
                response.cancel(true);
            }
        });
        // The timeout of the request itself ends with the headers; this one covers the whole answer.
        reply.copy().orTimeout(readTimeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((ignored, failure) -> {
            if (failure instanceof TimeoutException) {
                executor.execute(() -> reply.completeExceptionally(failure));
            }
        });
        return reply;
    }

    /** Translates what an exchange has failed with. */
    IOException cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return new IOException("no answer within " + readTimeout.toMillis() + " ms", cause);
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }

    /**
     * Sends nothing from now on and frees connections and threads: at once where the JDK's client can be closed, that is from
     * JDK 21 on, and otherwise when the JVM has found that nobody uses it.
     */
    @Override
    public void close() {
        HttpClient closing = http;
        http = null;
        if (closing instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("the JDK's HTTP client could not be closed", e);
            }
        }
    }

    /**
     * Collects the body and completes the reply where its end is read. The JDK's own future is completed by one more thread, which on
     * machines with few processors is made for each answer.
     */
    private static BodySubscriber<Reply> reading(ResponseInfo info, CompletableFuture<Reply> reply) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return BodySubscribers.mapping(
                BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> append(body, bytes))), ignored -> {
                    Reply complete = new Reply(
                            info.statusCode(),
                            body.toString(StandardCharsets.UTF_8),
                            info.headers().firstValue("Location").orElse(""),
                            info.headers().firstValue("Retry-After").orElse(""));
                    reply.complete(complete);
                    return complete;
                });
    }

    private static void append(ByteArrayOutputStream body, byte[] bytes) {
        if (body.size() + bytes.length > MAX_ANSWER_BYTES) {
            throw new UncheckedIOException(new IOException("answer is longer than " + MAX_ANSWER_BYTES + " bytes"));
        }
        body.writeBytes(bytes);
    }
}
