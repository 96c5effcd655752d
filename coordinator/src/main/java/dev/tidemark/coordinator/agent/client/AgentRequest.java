package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentJson;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A request to an agent.
 *
 * @param path path and query
 * @param contentType type of the body; empty when there is none
 * @param expectedWait how long the agent may take for it besides the usual
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record AgentRequest(String method, String path, String contentType, byte[] body, Duration expectedWait) {
    static AgentRequest get(String path) {
        return of("GET", path);
    }

    /** Returns a request without a body. */
    static AgentRequest of(String method, String path) {
        return new AgentRequest(method, AgentProtocol.ROOT + path, "", new byte[0], Duration.ZERO);
    }

    static AgentRequest postJson(String path, Object document) {
        return new AgentRequest(
                "POST", AgentProtocol.ROOT + path, "application/json", AgentJson.write(document), Duration.ZERO);
    }

    static AgentRequest putBytes(String path, byte[] content) {
        return new AgentRequest("PUT", AgentProtocol.ROOT + path, "application/octet-stream", content, Duration.ZERO);
    }

    /** Returns this request with a wait that the agent was asked for. */
    AgentRequest waiting(Duration wait) {
        return new AgentRequest(method, path, contentType, body, wait);
    }

    boolean hasBody() {
        return !contentType.isEmpty();
    }

    /** Encodes a value for the query. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
