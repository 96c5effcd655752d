package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExposureWarningTest {
    @Test
    void of_plainConnectorForOthers_warns() {
        assertThat(ExposureWarning.of(listeningOn(new HttpConnectorFactory(), "0.0.0.0")))
                .singleElement()
                .asString()
                .contains("port 8421");
        assertThat(ExposureWarning.of(listeningOn(new HttpConnectorFactory(), null)))
                .hasSize(1);
        assertThat(ExposureWarning.of(listeningOn(new HttpConnectorFactory(), "127.0.0.1")))
                .isEmpty();
        assertThat(ExposureWarning.of(listeningOn(new HttpsConnectorFactory(), "0.0.0.0")))
                .isEmpty();
    }

    private static DefaultServerFactory listeningOn(HttpConnectorFactory connector, String host) {
        connector.setBindHost(host);
        connector.setPort(8421);
        DefaultServerFactory servers = new DefaultServerFactory();
        servers.setApplicationConnectors(List.of(connector));
        return servers;
    }
}
