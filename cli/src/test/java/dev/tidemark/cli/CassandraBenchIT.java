package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Says nothing of speed: the benchmark runs tiny, and what is checked is that everything is there, and nothing left. */
class CassandraBenchIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    @TempDir
    private Path directory;

    @Test
    void benchCassandra_asJson_hasEveryFigureAndLeavesNoKeyspace() {
        CassandraServer node = CASSANDRA.servers().nodes().get(0);

        CommandRun run = bench(node);
        CommandRun again = bench(node);

        List<String> figures = new ArrayList<>();
        for (JsonNode figure : run.json().get("figures")) {
            figures.add(figure.get("name").textValue() + " / "
                    + figure.get("baseline").textValue());
        }
        assertThat(figures)
                .containsExactly(
                        "snapshot of a quiet node / a question over JMX",
                        "first backup / plain copy with fsync",
                        "restore / plain copy with fsync",
                        "backup, nothing changed / first backup",
                        "clean, nothing to abort, schema 1, 2 threads / bare driver, one query",
                        "clean, all to abort, schema 1, 2 threads / bare driver, aborts alone",
                        "clean, nothing to abort, schema 3, 2 threads / bare driver, one query",
                        "clean, all to abort, schema 3, 2 threads / bare driver, aborts alone",
                        "heap after a collection, most / largest heap");
        assertThat(again.exitCode()).isZero();
    }

    private CommandRun bench(CassandraServer node) {
        CommandRun run = CommandRun.in(
                directory,
                "bench",
                "cassandra",
                "--contact-point",
                node.cql().getHostString() + ":" + node.cql().getPort(),
                "--jmx",
                node.jmx().getHostString() + ":" + node.jmx().getPort(),
                "--data-directory",
                node.dataDirectories().get(0).toString(),
                "--datacenter",
                CASSANDRA.servers().localDatacenter(),
                "--size",
                "1MiB",
                "--entries",
                "500",
                "--json");
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run;
    }
}
