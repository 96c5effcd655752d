package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.cli.CassandraSite.Backed;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.documentation.Example;
import dev.tidemark.documentation.ExampleRunner;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cassandra.node.CassandraNodeOptions;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what the runbooks about Cassandra say, on a cluster of three nodes. What an operator does on the nodes themselves is done by the
 * test when the page's {@code ssh} asks for it. Each test goes on from what the one before it has left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CassandraRunbooksIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private Path directory;
    private Path requests;
    private CassandraSite site;
    private Backed backed;

    @BeforeAll
    void backUp(@TempDir Path directory) throws IOException {
        this.directory = directory;
        requests = Files.createDirectory(directory.resolve("requests"));
        Path ssh = Files.writeString(
                Files.createDirectory(directory.resolve("bin")).resolve("ssh"),
                """
                #!/bin/sh
                echo "$@" > "$REQUESTS/next" && mv "$REQUESTS/next" "$REQUESTS/request"
                while [ -e "$REQUESTS/request" ]; do sleep 0.2; done
                """);
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
        site = new CassandraSite(CASSANDRA.servers(), 3, directory);
        backed = site.backUp();
    }

    @AfterAll
    void close() {
        site.close();
        CassandraBank.drop(CASSANDRA.servers(), site.keyspace());
    }

    @Test
    @Order(1)
    void rewindAfterABadDeployment_onCassandra_doesWhatItSays() throws Exception {
        run("rewind-after-a-bad-deployment");

        assertThat(currentState()).isEqualTo(backed.stateAtLast());
    }

    @Test
    @Order(2)
    void nodeLost_itsDiskIsGone_doesWhatItSays() throws Exception {
        CassandraServer lost = CASSANDRA.servers().nodes().get(2);
        lost.kill();
        CASSANDRA.servers().awaitSeenDown(lost);
        lost.wipe();

        run("cassandra-node-lost");

        assertThat(currentState()).isEqualTo(backed.stateAtLast());
    }

    @Test
    @Order(3)
    void clusterLost_allDisksAreGone_doesWhatItSays() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        servers.nodes().forEach(CassandraServer::kill);
        servers.nodes().forEach(CassandraServer::wipe);
        servers.nodes().forEach(CassandraServer::start);
        servers.awaitAllUp();

        run("cassandra-cluster-lost");

        assertThat(currentState()).isEqualTo(backed.stateAtLast());
    }

    @Test
    @Order(4)
    void newCluster_ofTwoNodesWithOtherTokensUnderAnotherName_doesWhatItSays() throws Exception {
        CassandraServers three = CASSANDRA.servers();
        String name = three.newKeyspaceName();
        try (CassandraServers two = three.another(three.shape().withNodes(2).withTokensPerNode(3))) {
            String replication = "        replication: {" + two.localDatacenter() + ": 2}\n";
            site.configure("new.yml", two, name, replication, "agents.new");

            run("cassandra-new-cluster");

            assertThat(site.currentState(two, name)).isEqualTo(backed.stateAtLast());
        }
    }

    private WorkloadState currentState() {
        return site.currentState(CASSANDRA.servers(), site.keyspace());
    }

    private void run(String page) throws Exception {
        Map<String, String> environment = Map.of(
                "PATH",
                directory.resolve("bin") + ":" + ROOT + ":" + System.getenv("PATH"),
                "REQUESTS",
                requests.toString(),
                "TIDEMARK_BUILD",
                "never",
                "TIDEMARK_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        List<Example> examples = Example.of(Files.readAllLines(ROOT.resolve("docs/runbooks/" + page + ".rst")));
        CompletableFuture<Void> operator = CompletableFuture.runAsync(() -> {
            try {
                new ExampleRunner(directory, environment, LIMIT).run(page + ".rst", examples);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Path request = requests.resolve("request");
        while (!operator.isDone()) {
            await().atMost(LIMIT).until(() -> operator.isDone() || Files.exists(request));
            if (Files.exists(request)) {
                answer(Files.readString(request).strip());
                Files.delete(request);
            }
        }
        operator.join();
    }

    private void answer(String request) throws IOException {
        CassandraServer node = CASSANDRA.servers().nodes().get(2);
        switch (request) {
            case "node3 sudo systemctl start cassandra" -> {
                node.start();
                CASSANDRA.servers().awaitAllUp();
            }
            case "node3 nodetool repair --full bank" -> repair(node);
            default -> throw new IllegalArgumentException(request);
        }
    }

    private void repair(CassandraServer node) throws IOException {
        CassandraNodeOptions options = CassandraNodeOptions.of(
                        site.keyspace(),
                        JmxOptions.of(node.jmx().getHostString(), node.jmx().getPort()),
                        node.dataDirectories())
                .withStateDirectory(directory.resolve("nodetool"));
        Set<TableName> names = tablesOf(CASSANDRA.servers().nodes().get(0));
        await().atMost(LIMIT)
                .until(() -> tablesOf(node).containsAll(names)); // a new node learns the schema from the others
        try (CassandraNode nodetool = CassandraNode.open(options, (schemas, seen) -> seen, Sleeper.system())) {
            nodetool.repair(names);
        }
    }

    /** Returns the tables that have a directory on the node. */
    private Set<TableName> tablesOf(CassandraServer node) throws IOException {
        Path directories = node.dataDirectories().get(0).resolve(site.keyspace());
        if (!Files.exists(directories)) {
            return Set.of();
        }
        try (Stream<Path> tables = Files.list(directories)) {
            return tables.map(path -> path.getFileName().toString())
                    .map(name -> TableName.of(name.substring(0, name.lastIndexOf('-'))))
                    .collect(Collectors.toSet());
        }
    }
}
