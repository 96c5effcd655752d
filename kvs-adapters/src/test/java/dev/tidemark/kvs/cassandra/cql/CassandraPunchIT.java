package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.cassandra.cql.CassandraPunch.Punch;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.Partitioner;
import dev.tidemark.kvs.transactiontable.Resources;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CassandraPunchIT {
    @RegisterExtension
    static final CassandraExtension HASHED = CassandraExtension.ofNodes(1);

    @RegisterExtension
    static final CassandraExtension ORDERED = CassandraExtension.of(
            ClusterShape.of(CassandraVersion.APACHE_5_0, 1).withPartitioner(Partitioner.BYTE_ORDERED));

    @ParameterizedTest
    @EnumSource(Partitioner.class)
    void anyQuestion_whatAtlasDbWrote_isAnswered(Partitioner partitioner) {
        CassandraExtension cluster = partitioner == Partitioner.MURMUR3 ? HASHED : ORDERED;
        try (KeyspaceFactory keyspaces = new KeyspaceFactory(cluster.servers())) {
            String keyspace = keyspaces.create();
            CellStore cells = keyspaces.cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.COMPACT);
            cells.createTable(CassandraPunch.TABLE);
            CassandraPunch punches = new CassandraPunch(keyspaces.session(), keyspace);
            assertThat(punches.atOrBelow(Long.MAX_VALUE)).isEmpty();
            for (String[] row : Resources.rows("fixtures/atlasdb/cassandra/_punch.csv.gz")) {
                cells.put(
                        CassandraPunch.TABLE,
                        Map.of(Cell.of(Bytes.ofHex(row[0]), Bytes.ofHex(row[1])), Bytes.ofHex(row[3])),
                        ~Long.parseLong(row[2]));
            }

            Punch first = punches.atOrBelow(10_001).orElseThrow();
            Punch last = punches.atOrBelow(Long.MAX_VALUE).orElseThrow();

            assertThat(first.timestamp()).isEqualTo(10_001);
            assertThat(last.timestamp()).isEqualTo(25_998_901);
            assertThat(punches.atOrBelow(10_000)).isEmpty();
            assertThat(punches.atOrBelow(1_010_001)).contains(first);
            assertThat(punches.atOrBelow(8_654_322).orElseThrow().timestamp()).isEqualTo(8_654_322);
            assertThat(punches.atOrBefore(last.instant())).contains(last);
            assertThat(punches.atOrBefore(last.instant().plusSeconds(3600))).contains(last);
            assertThat(punches.atOrBefore(last.instant().minusMillis(1))
                            .orElseThrow()
                            .timestamp())
                    .isEqualTo(8_654_322);
            assertThat(punches.atOrBefore(first.instant())).contains(first);
            assertThat(punches.atOrBefore(first.instant().minusMillis(1))).isEmpty();
            assertThat(punches.atOrBefore(Instant.EPOCH.minusSeconds(1))).isEmpty();
        }
    }
}
