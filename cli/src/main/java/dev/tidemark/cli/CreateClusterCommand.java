package dev.tidemark.cli;

import dev.tidemark.cli.output.Json;
import dev.tidemark.timestamp.service.TimestampServer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Begins a cluster of timestamp servers. A command, and no key of the configuration, which would do it again after a loss. */
@Command(
        name = "create-cluster",
        description = {
            "Make the empty data directory of a timestamp service with a store of type 'raft' that of the first server of a"
                    + " new cluster.",
            "Once for each cluster, on one server; the others join it."
        })
final class CreateClusterCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "CONFIG", description = "The service's YAML file; see docs/configuration.rst.")
    private Path config;

    CreateClusterCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        UUID cluster = TimestampServer.createCluster(session.resolve(config));
        session.show(
                Json.object("cluster", cluster.toString()),
                "Cluster " + cluster + " begins with this server; start it, and the others with 'join: true'.");
        return 0;
    }
}
