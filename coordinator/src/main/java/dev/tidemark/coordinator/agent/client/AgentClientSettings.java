package dev.tidemark.coordinator.agent.client;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * How an agent is reached.
 *
 * @param endpoint its address: http or https, host and port
 * @param token bearer token; empty for none
 * @param tls for https
 * @param expected what the agent has to say of itself
 * @param timeouts how long to wait for what
 */
public record AgentClientSettings(
        URI endpoint, String token, AgentTls tls, AgentExpectation expected, Timeouts timeouts) {
    /**
     * Checks the address; a slash at its end is dropped.
     *
     * @throws IllegalArgumentException when it can't be that of an agent
     */
    public AgentClientSettings {
        endpoint = normalize(endpoint);
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(timeouts, "timeouts");
    }

    /** Returns the defaults for an address: any agent, no token. */
    public static AgentClientSettings of(URI endpoint) {
        return new AgentClientSettings(endpoint, "", AgentTls.DEFAULT, AgentExpectation.ANY, Timeouts.DEFAULT);
    }

    /** Returns these settings with a bearer token. */
    public AgentClientSettings withToken(String newToken) {
        return new AgentClientSettings(endpoint, newToken, tls, expected, timeouts);
    }

    /** Returns these settings with key stores. */
    public AgentClientSettings withTls(AgentTls newTls) {
        return new AgentClientSettings(endpoint, token, newTls, expected, timeouts);
    }

    /** Returns these settings with something that is expected of the agent. */
    public AgentClientSettings withExpected(AgentExpectation newExpected) {
        return new AgentClientSettings(endpoint, token, tls, newExpected, timeouts);
    }

    /** Returns these settings with other timeouts. */
    public AgentClientSettings withTimeouts(Timeouts newTimeouts) {
        return new AgentClientSettings(endpoint, token, tls, expected, newTimeouts);
    }

    @Override
    public String toString() {
        return "AgentClientSettings[endpoint=" + endpoint + ", token=" + (token.isEmpty() ? "none" : "hidden")
                + ", tls=" + tls + ", expected=" + expected + ", timeouts=" + timeouts + "]";
    }

    private static URI normalize(URI endpoint) {
        boolean isHttp =
                "http".equalsIgnoreCase(endpoint.getScheme()) || "https".equalsIgnoreCase(endpoint.getScheme());
        String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
        boolean isPlain = endpoint.getHost() != null
                && (path.isEmpty() || path.equals("/"))
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null
                && endpoint.getRawUserInfo() == null;
        if (!isHttp || !isPlain) {
            throw new IllegalArgumentException(
                    "agent address: '" + endpoint + "' (expected: http or https, a host and a port only)");
        }
        return URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority());
    }

    /**
     * How long to wait.
     *
     * @param connect for a connection, &gt; 0
     * @param answer for the answer to a question, &gt; 0
     * @param retryBudget how long a request may be sent again after the first attempt got no answer, &gt;= 0
     * @param followBudget the same for a task that was begun: how long its agent may be away, &gt;= 0
     * @param poll how long an agent may wait for news of a task before it answers, &gt; 0
     * @param task longest time for which a task is followed, &gt; 0
     */
    public record Timeouts(
            Duration connect,
            Duration answer,
            Duration retryBudget,
            Duration followBudget,
            Duration poll,
            Duration task) {
        /** Connect within 2 s, answer within 30 s, try again for 15 s, and for 60 s with a task; a task may take a week. */
        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1),
                Duration.ofDays(7));

        /** Checks the ranges. */
        public Timeouts {
            requirePositive("connect", connect);
            requirePositive("answer", answer);
            requirePositive("poll", poll);
            requirePositive("task", task);
            if (retryBudget.isNegative() || followBudget.isNegative()) {
                throw new IllegalArgumentException(
                        "retryBudget: " + retryBudget + ", followBudget: " + followBudget + " (expected: >= 0)");
            }
        }

        /** Returns the same with another budget for requests that got no answer. */
        public Timeouts withRetryBudget(Duration newRetryBudget) {
            return new Timeouts(connect, answer, newRetryBudget, followBudget, poll, task);
        }

        /** Returns the same with another budget for tasks that were begun. */
        public Timeouts withFollowBudget(Duration newFollowBudget) {
            return new Timeouts(connect, answer, retryBudget, newFollowBudget, poll, task);
        }

        private static void requirePositive(String name, Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(name + ": " + duration + " (expected: > 0)");
            }
        }
    }
}
