package dev.tidemark.coordinator.service.access.credential;

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
 * Decides whether the service may listen as it is configured. Tokens are demanded everywhere; what is checked here is that nobody can read
 * them on their way without the operator's knowledge, that a certificate means something, and that the admin port is not open.
 */
public final class Exposure {
    private static final Logger LOG = LoggerFactory.getLogger(Exposure.class);

    private Exposure() {}

    /**
     * Checks all connectors.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when certificates are configured and no connector verifies them
     *     with a trust store of its own, or the admin port listens for other machines without demanding a certificate
     */
    public static void check(ServerFactory factory, AccessConfiguration access) {
        if (!(factory instanceof DefaultServerFactory servers)) {
            throw refused(
                    "the type of 'server' is not 'default'",
                    "Use separate connectors for requests and for the admin port.");
        }
        for (ConnectorFactory connector : servers.getApplicationConnectors()) {
            if (isOpenToOthers(connector) && !(connector instanceof HttpsConnectorFactory)) {
                LOG.warn("tokens can be read on their way to {}: there is no TLS", place(connector));
            }
        }
        if (!access.certificates().isEmpty()) {
            requireVerification(servers);
        }
        for (ConnectorFactory connector : servers.getAdminConnectors()) {
            if (isOpenToOthers(connector) && !isCertificateDemanded(connector)) {
                throw refused(
                        "the admin port would listen on " + place(connector) + " for whoever reaches it",
                        "Set 'bindHost: 127.0.0.1' under 'server.adminConnectors'.");
            }
        }
    }

    private static void requireVerification(DefaultServerFactory servers) {
        boolean isAsked = false;
        for (ConnectorFactory connector : servers.getApplicationConnectors()) {
            if (!(connector instanceof HttpsConnectorFactory https) || !isCertificateAsked(https)) {
                continue;
            }
            isAsked = true;
            // Without one the JDK decides: then everybody to whom a public authority gives a certificate can choose a
            // subject.
            if (https.getTrustStorePath() == null) {
                throw refused(
                        "'access.certificates' is set, and " + place(connector) + " has no 'trustStorePath'",
                        "Name a trust store that has nothing but the authority of your own certificates.");
            }
        }
        if (!isAsked) {
            throw refused(
                    "'access.certificates' is set, and no connector asks for certificates",
                    "Use a connector of type https with 'wantClientAuth' or 'needClientAuth'.");
        }
    }

    private static boolean isCertificateAsked(HttpsConnectorFactory https) {
        return Boolean.TRUE.equals(https.getNeedClientAuth()) || Boolean.TRUE.equals(https.getWantClientAuth());
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
                    "the service can't listen on '" + http.getBindHost() + "': no such host",
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
