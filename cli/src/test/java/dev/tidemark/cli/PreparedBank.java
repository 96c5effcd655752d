package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.demo.Check;
import dev.tidemark.cli.demo.LiveBank;
import dev.tidemark.cli.demo.WorkloadSettings;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small bank with a history, prepared once and copied for each case: a backup during which transactions ran, one of which had
 * started before the backup timestamp; more transactions after it; nobody runs any more.
 *
 * @param installation with the oracle in its directory
 * @param backup id of the backup
 * @param backupTimestamp of that backup
 * @param stateAtBackup what was visible at it
 * @param last a timestamp after the last transaction
 * @param stateAtLast what was visible then
 * @param rewound the installation after a rewind to the backup timestamp
 * @param lastOfRewound the last timestamp that its oracle has issued
 */
record PreparedBank(
        Installation installation,
        String backup,
        long backupTimestamp,
        WorkloadState stateAtBackup,
        long last,
        WorkloadState stateAtLast,
        Installation rewound,
        long lastOfRewound) {
    static final WorkloadSettings WORKLOAD = WorkloadSettings.withSeed(20261121).withDocuments(20, 512);

    private static final String FILE_ORACLE = "  type: file\n  directory: oracle";
    private static final String OPERATIONS = "operations:\n  lockLease: PT1S\n";

    /** Prepares the bank in a directory, and the one after a rewind in another; both exist. */
    static PreparedBank create(Path directory, Path rewoundDirectory) {
        PreparedBank bank = createOne(directory);
        Installation rewound = bank.copyTo(rewoundDirectory);
        rewound.succeed("rewind bank --to " + bank.backupTimestamp);
        long lastOfRewound = rewound.succeed("timestamp fetch").get("timestamp").asLong();
        return new PreparedBank(
                bank.installation,
                bank.backup,
                bank.backupTimestamp,
                bank.stateAtBackup,
                bank.last,
                bank.stateAtLast,
                rewound,
                lastOfRewound);
    }

    private static PreparedBank createOne(Path directory) {
        CommandRun.configure(directory);
        Installation installation = new Installation(directory);
        edit(directory, "namespaces:", OPERATIONS + "namespaces:");
        try (TimestampServer server = serve(directory);
                TimestampClient client = HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()));
                LiveBank bank = new LiveBank(directory.resolve("store"), client.createNamespace("bank"), WORKLOAD, 1)) {
            bank.setUp();
            bank.run(60);
            installation.succeed("archive init");
            CallObserver whileItIsBackedUp = new CallObserver((step, call, isDone) -> {
                if (call.equals("NamespaceOracle.freshTimestamp") && step.equals("backup-timestamp") && !isDone) {
                    bank.beginStraddler();
                }
                if (call.equals("StoreNode.snapshot") && !isDone) {
                    bank.run(20);
                    bank.commitStraddler();
                }
            });
            CommandRun run = CommandRun.in(directory, whileItIsBackedUp, "backup", "bank", "--json");
            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            long backupTimestamp = run.json().get("backupTimestamp").asLong();
            WorkloadState stateAtBackup = bank.stateAt(backupTimestamp);
            assertThat(bank.history()
                            .compare(stateAtBackup.transfers(), backupTimestamp)
                            .isEqual())
                    .isTrue();
            bank.run(40);
            long last = bank.now();
            WorkloadState stateAtLast = bank.stateAt(last);
            assertThat(stateAtLast.check(WORKLOAD)).allMatch(Check::isPassed);
            useFileOracle(directory, server);
            return new PreparedBank(
                    installation,
                    run.json().get("backup").asText(),
                    backupTimestamp,
                    stateAtBackup,
                    last,
                    stateAtLast,
                    installation,
                    last);
        }
    }

    /** Copies everything. */
    Installation copyTo(Path directory) {
        return installation.copyTo(directory);
    }

    /** Serves the oracle of an installation over HTTP, to several processes, and changes the configuration to that. */
    static TimestampServer serve(Path directory) {
        TimestampServiceSettings settings =
                TimestampServiceSettings.of(directory.resolve("oracle")).withNamespaces("bank");
        TimestampServer server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        edit(directory, FILE_ORACLE, httpOracle(server));
        return server;
    }

    /** Changes the configuration back to the oracle's directory; the server must have ended before it is used. */
    static void useFileOracle(Path directory, TimestampServer server) {
        edit(directory, httpOracle(server), FILE_ORACLE);
    }

    private static String httpOracle(TimestampServer server) {
        return "  type: http\n  urls: [" + server.endpoint() + "]";
    }

    static void edit(Path directory, String text, String replacement) {
        try {
            Path config = directory.resolve("tidemark.yml");
            String content = Files.readString(config);
            assertThat(content).contains(text);
            Files.writeString(config, content.replace(text, replacement));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
