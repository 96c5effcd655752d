package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.Check;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.timestamp.NamespaceOracle;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code clean-transactions} on a cluster of three nodes, as somebody runs it who has restored the tables by other means. */
class CassandraCleanIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    @TempDir
    private Path directory;

    /** H3, H6 and H15: transactions that straddle the timestamp are aborted, with effect, and a second run finds none. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void cleanTransactions_someStraddleTheTimestamp_leavesExactlyTheStateAtIt(int schema) throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        try (CassandraSite site = new CassandraSite(servers, schema, directory)) {
            try (CassandraBank bank = site.createBank()) {
                NamespaceOracle oracle = site.oracle().namespace("bank");
                long timestamp = runAcross(bank, oracle);
                WorkloadState expected = bank.stateAt(timestamp);
                WorkloadState before = bank.stateAt(oracle.freshTimestamp());
                assertThat(before).isNotEqualTo(expected);
                String clean = "timestamp clean-transactions --namespace bank -t " + timestamp;

                if (schema == 1) { // as it is with tables that AtlasDB has written
                    CassandraBank.dropMetadata(servers, site.keyspace());
                    assertThat(site.installation().run(clean + " --dry-run").err())
                            .contains("NOTE: store 'main' does not record");
                }
                JsonNode planned = site.installation().succeed(clean + " --dry-run");

                assertThat(straddlersIn(planned, timestamp)).isPositive();
                assertThat(bank.stateAt(oracle.freshTimestamp())).isEqualTo(before);
                assertThat(CommandRun.in(directory, clean.split(" ", -1)).exitCode())
                        .isEqualTo(ErrorCode.NOT_ALLOWED_NOW.exitCode());

                JsonNode done = site.installation().succeed("--offline " + clean);

                assertThat(done.get("transactions")).hasSize(done.get("aborted").intValue());
                assertThat(done.get("transactions")).containsExactlyInAnyOrderElementsOf(planned.get("transactions"));
                assertThat(bank.stateAt(oracle.freshTimestamp())).isEqualTo(expected);
                assertThat(expected.check(CassandraSite.WORKLOAD)).allMatch(Check::isPassed);
                CommandRun again = CommandRun.in(directory, ("--offline " + clean).split(" ", -1));
                assertThat(again.exitCode()).as(again.err()).isZero();
                assertThat(again.out()).contains("Found no transactions");
            } finally {
                CassandraBank.drop(servers, site.keyspace());
            }
        }
    }

    /** Returns a timestamp at which a transaction was open that has committed since, and many others have too. */
    private static long runAcross(CassandraBank bank, NamespaceOracle oracle) {
        bank.start();
        bank.awaitMore(10);
        bank.keepHistory();
        bank.beginStraddler();
        long timestamp = oracle.freshTimestamp();
        bank.commitStraddler();
        bank.awaitMore(10);
        bank.stop();
        assertThat(bank.errors()).isEmpty();
        return timestamp;
    }

    private static long straddlersIn(JsonNode report, long timestamp) {
        return StreamSupport.stream(report.get("transactions").spliterator(), false)
                .filter(found -> found.get("startTimestamp").asLong() < timestamp
                        && found.get("commitTimestamp").asLong() > timestamp)
                .count();
    }
}
