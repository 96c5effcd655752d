package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeIdsTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.7,7000,10.0.0.7",
        "10.0.0.7,0,10.0.0.7",
        "127.0.0.1,7012,127.0.0.1-7012",
        "2001:db8::1,7000,2001-db8-0-0-0-0-0-1",
        "fe80::1%1,7001,fe80-0-0-0-0-0-0-1-7001"
    })
    void of_addressAndPort_isAName(String address, int port, String expected) throws Exception {
        assertThat(NodeIds.of(InetAddress.getByName(address), port).id()).isEqualTo(expected);
    }
}
