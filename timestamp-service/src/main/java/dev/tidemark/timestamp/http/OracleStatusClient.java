package dev.tidemark.timestamp.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.status.OracleStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Asks one server of a timestamp service how it is: once, and without following it to another one, as what is asked for is this server.
 * Thread-safe.
 */
public final class OracleStatusClient {
    /** Where a server answers, below its base path. */
    public static final String PATH = "/tidemark/v1/status";

    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient http;
    private final Duration timeout;
    private final String token;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Creates a client.
     *
     * @param timeout for one answer, &gt; 0
     * @param token bearer token; empty for none
     * @param tls for addresses with {@code https}
     * @throws TimestampException as {@link OracleTls#context}
     */
    public OracleStatusClient(Duration timeout, String token, OracleTls tls) {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .sslContext(tls.context())
                .build();
        this.timeout = timeout;
        this.token = token;
    }

    /**
     * Asks a server.
     *
     * @param endpoint its address, base path included
     * @throws TimestampException {@link ErrorCode#ORACLE_UNAVAILABLE} when it does not answer, {@link ErrorCode#UNAUTHORIZED} when it
     *     demands another token, {@link ErrorCode#INVALID_CONFIGURATION} when it is no timestamp service of Tidemark
     */
    public OracleStatus ask(URI endpoint) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint + PATH)).timeout(timeout);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return parse(endpoint, response.statusCode(), body.readNBytes(MAX_ANSWER_BYTES));
            }
        } catch (JsonProcessingException e) {
            throw noService(endpoint, "its answer is not a status");
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new TimestampException(
                    ErrorCode.ORACLE_UNAVAILABLE,
                    endpoint + " does not answer: " + reason,
                    "See that the server is up, and that its address and port are right.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimestampException(
                    ErrorCode.INTERRUPTED, "interrupted while " + endpoint + " was asked", "Ask again.", e);
        }
    }

    private OracleStatus parse(URI endpoint, int status, byte[] body) throws IOException {
        if (status == 401 || status == 403) {
            throw new TimestampException(
                    ErrorCode.UNAUTHORIZED,
                    endpoint + " refuses the token",
                    "Set 'oracle.token' to the token that the service demands.");
        }
        if (status != 200) {
            throw noService(endpoint, "it answers with status " + status);
        }
        OracleStatus answer = mapper.readValue(body, OracleStatus.class);
        if (answer == null || answer.server() == null || answer.leadership() == null || answer.store() == null) {
            throw noService(endpoint, "its answer is not a status");
        }
        return answer;
    }

    private static TimestampException noService(URI endpoint, String reason) {
        return new TimestampException(
                ErrorCode.INVALID_CONFIGURATION,
                endpoint + " has no status to show: " + reason,
                "See that the address is that of a timestamp service of Tidemark, base path included; a TimeLock has none.");
    }
}
