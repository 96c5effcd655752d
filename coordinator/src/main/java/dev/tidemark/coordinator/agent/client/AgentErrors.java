package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.TaskStatus.ErrorDetail;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.net.ConnectException;
import java.net.URI;
import javax.net.ssl.SSLException;

/**
 * The errors of one agent; each says whose it is.
 *
 * @param endpoint the agent's address
 */
record AgentErrors(URI endpoint) {
    private static final String CHECK = "Check that the agent is up and that its address is right.";

    /** Returns what the agent says went wrong. */
    KeyValueStoreException failed(ErrorDetail error) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(error.code())) {
                return new KeyValueStoreException(code, prefixed(error.message()), error.hint());
            }
        }
        return new KeyValueStoreException(
                ErrorCode.INTERNAL,
                prefixed(error.message() + " (" + error.code() + ")"),
                "Use the same version of Tidemark for coordinator and agents.");
    }

    KeyValueStoreException noAnswer(Exception cause) {
        String kind = cause instanceof ConnectException ? "nothing accepts a connection there" : cause.toString();
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "no answer from the agent at '" + endpoint + "': "
                        + (cause.getMessage() == null ? kind : cause.getMessage()),
                CHECK,
                cause);
    }

    KeyValueStoreException noTrust(SSLException cause) {
        return new KeyValueStoreException(
                ErrorCode.UNAUTHORIZED,
                "no TLS connection to the agent at '" + endpoint + "': " + cause.getMessage(),
                "Check that each side trusts the other's certificate and that the certificate names the agent's host.",
                cause);
    }

    KeyValueStoreException notAnAgent(int status) {
        return new KeyValueStoreException(
                ErrorCode.INVALID_CONFIGURATION,
                "what answers at '" + endpoint + "', with status " + status + ", is not an agent of Tidemark",
                "Correct the address and the port of the agent.");
    }

    KeyValueStoreException otherProtocol(String version, int expected) {
        return new KeyValueStoreException(
                ErrorCode.INVALID_CONFIGURATION,
                prefixed("it speaks version '" + version + "' of the protocol (expected: " + expected + ")"),
                "Use the same version of Tidemark for coordinator and agents.");
    }

    KeyValueStoreException unintelligible(int status, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                prefixed("its answer with status " + status + " is not what was asked for"),
                "Use the same version of Tidemark for coordinator and agents.",
                cause);
    }

    KeyValueStoreException otherAgent(String what, String found, String expected) {
        return new KeyValueStoreException(
                ErrorCode.INVALID_CONFIGURATION,
                prefixed("its " + what + " is '" + found + "' (expected: '" + expected + "')"),
                "Correct the address of the agent; this one serves something else.");
    }

    KeyValueStoreException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new KeyValueStoreException(
                ErrorCode.INTERRUPTED, "interrupted while waiting for the agent at '" + endpoint + "'", "", cause);
    }

    KeyValueStoreException nodeNeverReached() {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                prefixed("it does not know its node, which it has never reached"),
                "Start the node.");
    }

    KeyValueStoreException tookTooLong(String taskId, long seconds) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                prefixed("task '" + taskId + "' has not ended after " + seconds + " s"),
                "Look into the log of the agent.");
    }

    KeyValueStoreException forgets(String taskId) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                prefixed("it forgets task '" + taskId + "' again and again"),
                "Find out why the agent restarts.");
    }

    private String prefixed(String message) {
        return "agent at '" + endpoint + "': " + message;
    }
}
