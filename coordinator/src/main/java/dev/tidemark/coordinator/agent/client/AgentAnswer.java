package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentJson;
import dev.tidemark.coordinator.agent.protocol.TaskStatus.ErrorDetail;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * An agent's answer.
 *
 * @param agent who it comes from, for errors
 * @param status the HTTP status
 * @param body its content, bounded by the transport
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record AgentAnswer(AgentErrors agent, int status, byte[] body) {
    boolean isSuccess() {
        return status / 100 == 2;
    }

    /** Tells whether the agent has this error for an answer. */
    boolean isError(ErrorCode code) {
        return !isSuccess()
                && error().filter(error -> error.code().equals(code.name())).isPresent();
    }

    /** Returns the content of a successful answer, or throws what it says instead. */
    <T> T read(Class<T> type) {
        requireSuccess();
        try {
            return AgentJson.readAnswer(body, type);
        } catch (IOException e) {
            throw agent.unintelligible(status, e);
        }
    }

    void requireSuccess() {
        if (!isSuccess()) {
            throw error().map(agent::failed).orElseGet(() -> agent.unintelligible(status, null));
        }
    }

    private Optional<ErrorDetail> error() {
        try {
            Map<String, String> parameters =
                    AgentJson.readAnswer(body, ErrorDocument.class).parameters();
            if (parameters != null && parameters.get("code") != null) {
                return Optional.of(new ErrorDetail(
                        parameters.get("code"),
                        parameters.getOrDefault("message", ""),
                        parameters.getOrDefault("hint", "")));
            }
        } catch (IOException e) {
            // Not an agent's error.
        }
        return Optional.empty();
    }

    /** The part of an error that is read. */
    record ErrorDocument(Map<String, String> parameters) {}
}
