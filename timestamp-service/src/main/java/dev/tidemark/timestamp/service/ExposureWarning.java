package dev.tidemark.timestamp.service;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Tells where tokens could be read on their way. */
final class ExposureWarning {
    private ExposureWarning() {}

    /** Returns a warning for each connector that listens for other machines without TLS. */
    static List<String> of(ServerFactory factory) {
        if (!(factory instanceof DefaultServerFactory servers)) {
            return List.of();
        }
        return servers.getApplicationConnectors().stream()
                .filter(ExposureWarning::isPlainForOthers)
                .map(connector ->
                        "tokens can be read on their way to port " + ((HttpConnectorFactory) connector).getPort()
                                + ", which listens for other machines: there is no TLS")
                .toList();
    }

    private static boolean isPlainForOthers(ConnectorFactory connector) {
        return connector instanceof HttpConnectorFactory plain
                && !(connector instanceof HttpsConnectorFactory)
                && !isLoopback(plain.getBindHost());
    }

    private static boolean isLoopback(String host) {
        if (host == null) {
            return false;
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
