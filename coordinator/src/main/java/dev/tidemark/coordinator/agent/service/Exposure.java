package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether an agent may listen as it is configured. Whoever reaches it can read the node's data and change them, so that from
 * another machine only somebody gets in who has shown a token or a certificate.
 */
final class Exposure {
    private static final Logger LOG = LoggerFactory.getLogger(Exposure.class);

    private Exposure() {}

    /**
     * Checks all connectors.
     *
     * @param isTokenDemanded whether every request has to bring a token
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when one lets in whoever reaches it
     */
    static void check(ServerFactory factory, boolean isTokenDemanded) {
        if (!(factory instanceof DefaultServerFactory servers)) {
            throw refused(
                    "the type of 'server' is not 'default'",
                    "Use separate connectors for requests and for the admin port.");
        }
        for (ConnectorFactory connector : servers.getApplicationConnectors()) {
            if (isOpenToOthers(connector) && !isTokenDemanded && !isCertificateDemanded(connector)) {
                throw refused(
                        "the agent would listen on " + place(connector) + " for whoever reaches it",
                        "Bind it to 127.0.0.1, or configure 'agent.token', or a connector of type https with needClientAuth.");
            }
            if (isOpenToOthers(connector) && !(connector instanceof HttpsConnectorFactory)) {
                LOG.warn("token and data can be read on their way to {}: there is no TLS", place(connector));
            }
        }
        for (ConnectorFactory connector : servers.getAdminConnectors()) {
            if (isOpenToOthers(connector) && !isCertificateDemanded(connector)) {
                throw refused(
                        "the agent's admin port would listen on " + place(connector) + " for whoever reaches it",
                        "Set 'bindHost: 127.0.0.1' under 'server.adminConnectors'.");
            }
        }
    }

    private static boolean isCertificateDemanded(ConnectorFactory connector) {
        return connector instanceof HttpsConnectorFactory https && Boolean.TRUE.equals(https.getNeedClientAuth());
    }

    private static boolean isOpenToOthers(ConnectorFactory connector) {
        if (!(connector instanceof HttpConnectorFactory http) || http.getBindHost() == null) {
            return true;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(http.getBindHost())) {
                if (!address.isLoopbackAddress()) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the agent can't listen on '" + http.getBindHost() + "': no such host",
                    "Correct 'bindHost' under 'server'.",
                    e);
        }
    }

    private static String place(ConnectorFactory connector) {
        if (connector instanceof HttpConnectorFactory http) {
            String host = http.getBindHost() == null ? "all addresses" : "'" + http.getBindHost() + "'";
            return host + ", port " + http.getPort() + ",";
        }
        return "a connector of another type";
    }

    private static CoordinatorException refused(String message, String hint) {
        return new CoordinatorException(ErrorCode.INVALID_CONFIGURATION, message, hint);
    }
}
