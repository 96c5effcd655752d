package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentClientSettings.Timeouts;
import dev.tidemark.coordinator.agent.client.AgentTls;
import dev.tidemark.coordinator.config.TlsConfiguration.KeyStoreFile;
import java.net.URI;
import java.time.Duration;

/**
 * An agent beside a node.
 *
 * @param url where it listens
 * @param token what it asks for, or null
 * @param tls keys and certificates for https; null for whom the JDK trusts, and no certificate of this process
 * @param patience for how long it is asked again when it does not answer in the middle of a copy or a staging, and for anything else if
 *     that is less than the default; null for the default
 */
public record CassandraAgentAddress(URI url, TokenConfiguration token, TlsConfiguration tls, Duration patience) {
    /** Checks that the address is that of an agent, and that keys are there for nothing else than https. */
    public CassandraAgentAddress {
        patience = patience == null ? Timeouts.DEFAULT.followBudget() : patience;
        Required.that(!patience.isNegative(), "patience: " + patience + " (expected: >= PT0S)");
        Required.present("url", url);
        AgentClientSettings.of(url);
        Required.that(
                tls == null || "https".equalsIgnoreCase(url.getScheme()),
                "'tls' for url '" + url + "' (expected: a url that begins with https)");
    }

    /** Returns how the agent is reached; reads its token and passwords. */
    AgentClientSettings client(SecretReader secrets) {
        Duration other = Timeouts.DEFAULT.retryBudget();
        AgentClientSettings settings = AgentClientSettings.of(url)
                .withTimeouts(Timeouts.DEFAULT
                        .withFollowBudget(patience)
                        .withRetryBudget(patience.compareTo(other) < 0 ? patience : other));
        if (token != null) {
            settings = settings.withToken(secrets.line("token", token.file(), token.environment()));
        }
        if (tls != null) {
            KeyStoreFile trust = tls.trustStore();
            KeyStoreFile key = tls.keyStore();
            settings = settings.withTls(new AgentTls(
                    trust == null ? null : trust.file(),
                    trust == null ? null : trust.readPassword(secrets),
                    key == null ? null : key.file(),
                    key == null ? null : key.readPassword(secrets)));
        }
        return settings;
    }
}
