package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.verify.StateDigest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Computes the state digest of a live namespace. */
@Command(
        name = "digest",
        description = {
            "Compute the digest of what a namespace holds at a timestamp.",
            "Equal states have equal digests on every kind of store."
        })
final class DigestCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Option(
            names = "--at",
            paramLabel = "TIMESTAMP",
            required = true,
            description = "Commits at or below this timestamp count.")
    private long timestamp;

    DigestCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String name = session.namespace(namespace);
        StateDigest digest = session.wiring().coordinator().digest(name, timestamp, session.progress());
        session.show(
                Json.object(
                        "namespace", name,
                        "timestamp", digest.timestamp(),
                        "cells", digest.cells(),
                        "digest", digest.hex()),
                "Namespace '" + name + "' at timestamp " + digest.timestamp() + " has "
                        + HumanFormat.count(digest.cells(), "cell") + " with the digest\n  " + digest.hex() + "\n");
        return 0;
    }
}
