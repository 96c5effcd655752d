package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.history.Finding;
import dev.tidemark.coordinator.history.HistoryChecker;
import dev.tidemark.coordinator.history.HistoryReader;
import dev.tidemark.coordinator.history.HistoryTransaction;
import dev.tidemark.coordinator.history.HistoryVerdict;
import dev.tidemark.coordinator.history.StoreView;
import dev.tidemark.coordinator.history.Workspace;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks the stores of a namespace against a recorded history. */
@Command(
        name = "check-history",
        description = {
            "Check by a recorded history whether the stores hold exactly the state at a timestamp.",
            "Names the first transaction that is wrong, and exits with 73 if there is one. Changes nothing.",
            "Stop the application first. docs/history-format.rst describes the file."
        })
final class CheckHistoryCommand implements Callable<Integer> {
    private static final String TEMPORARY_DIRECTORY = "java.io.tmpdir";

    private final Session session;

    @Parameters(paramLabel = "FILE", description = "The history.")
    private Path file;

    @Option(
            names = "--at",
            paramLabel = "TIMESTAMP",
            required = true,
            description = "What committed at or below it must be there, for example the timestamp of a backup.")
    private long timestamp;

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            description = "Whose stores to check. Default: the namespace that the history names.")
    private String namespace;

    @Option(
            names = "--live",
            description = "The stores were not restored to the timestamp: ignore what committed above it.")
    private boolean isLive;

    @Option(
            names = "--work-directory",
            paramLabel = "DIRECTORY",
            description = "Where to sort the history; needs about as much space as the file. "
                    + "Default: the system's directory for temporary files.")
    private Path workDirectory;

    CheckHistoryCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path history = session.resolve(file);
        String name = session.namespace(namespace == null ? namespaceOf(history) : namespace);
        if (timestamp < 1) {
            throw new CliException(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    "timestamp " + timestamp + " was never issued (expected: at least 1)",
                    "Use the timestamp of a backup; see 'tidemark backups " + name + "'.");
        }
        HistoryVerdict verdict = check(history, name);
        session.show(json(name, verdict), text(name, verdict));
        return verdict.isExact() ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
    }

    private static String namespaceOf(Path history) {
        try (HistoryReader reader = HistoryReader.open(history)) {
            return reader.header().namespace();
        }
    }

    private HistoryVerdict check(Path history, String name) {
        Path parent = workDirectory == null
                ? Path.of(System.getProperty(TEMPORARY_DIRECTORY))
                : session.resolve(workDirectory);
        Map<String, StoreCluster> stores = new TreeMap<>();
        try (Workspace workspace = Workspace.create(parent)) {
            for (Map.Entry<String, StoreConnector> store :
                    session.wiring().connectors(name).entrySet()) {
                stores.put(store.getKey(), store.getValue().connect());
            }
            return new HistoryChecker(workspace.cells(), session.progress())
                    .check(history, timestamp, stores, isLive ? StoreView.LIVE : StoreView.RESTORED);
        } finally {
            stores.values().forEach(StoreCluster::close);
        }
    }

    private static Map<String, Object> json(String name, HistoryVerdict verdict) {
        HistoryVerdict.Counts counts = verdict.counts();
        return Json.object(
                "namespace", name,
                "timestamp", verdict.timestamp(),
                "exact", verdict.isExact(),
                "transactions", counts.transactions(),
                "committed", counts.committed(),
                "above", counts.above(),
                "unknownCommitted", counts.unknownCommitted(),
                "unknownNotCommitted", counts.unknownNotCommitted(),
                "reads", counts.reads(),
                "cells", counts.cells(),
                "olderThanHistory", counts.olderThanHistory(),
                "findingCount", verdict.totalFindings(),
                "findingCounts", new TreeMap<>(verdict.totals()),
                "findings",
                        verdict.findings().stream()
                                .map(CheckHistoryCommand::json)
                                .toList());
    }

    private static Map<String, Object> json(Finding finding) {
        Map<String, Object> json = Json.object(
                "kind", finding.kind().name(),
                "store", finding.store(),
                "start", finding.start(),
                "commit", finding.commit() == HistoryTransaction.NO_COMMIT ? null : finding.commit(),
                "line", finding.line() == 0 ? null : finding.line());
        if (finding.place() != null) {
            json.put("table", finding.place().table().name());
            json.put("row", finding.place().cell().row().toHex());
            json.put("column", finding.place().cell().column().toHex());
            json.put(
                    "expected",
                    finding.expected().isEmpty() ? null : finding.expected().toHex());
            json.put("found", finding.found().isEmpty() ? null : finding.found().toHex());
        }
        json.put("message", finding.message());
        return json;
    }

    private static String text(String name, HistoryVerdict verdict) {
        HistoryVerdict.Counts counts = verdict.counts();
        StringBuilder text = new StringBuilder("Namespace '" + name + "' "
                + (verdict.isExact() ? "holds exactly" : "does NOT hold exactly") + " the state at timestamp "
                + verdict.timestamp() + ".\n");
        text.append("  " + HumanFormat.count(counts.transactions(), "transaction") + " in the history, "
                + HumanFormat.count(counts.committed()) + " committed at or below the timestamp, "
                + HumanFormat.count(counts.above()) + " above it\n");
        text.append("  " + HumanFormat.count(counts.cells(), "cell") + " and "
                + HumanFormat.count(counts.reads(), "read") + " as they ought to be or listed below\n");
        if (counts.unknownCommitted() + counts.unknownNotCommitted() > 0) {
            text.append("  of unknown outcome: " + HumanFormat.count(counts.unknownCommitted()) + " committed, "
                    + HumanFormat.count(counts.unknownNotCommitted()) + " not\n");
        }
        if (counts.olderThanHistory() > 0) {
            text.append("  not judged, because the history begins later: "
                    + HumanFormat.count(counts.olderThanHistory()) + "\n");
        }
        verdict.firstWrong().ifPresent(first -> text.append(findings(verdict, first)));
        return text.toString();
    }

    private static String findings(HistoryVerdict verdict, Finding first) {
        StringBuilder text = new StringBuilder("First wrong: transaction " + first.start() + "\n");
        text.append("  " + HumanFormat.count(verdict.totalFindings(), "finding") + ": "
                + new TreeMap<>(verdict.totals())
                        .entrySet().stream()
                                .map(total -> total.getKey() + " " + HumanFormat.count(total.getValue()))
                                .collect(Collectors.joining(", "))
                + "\n");
        List<Finding> listed = verdict.findings();
        listed.forEach(finding -> text.append("  " + finding.kind() + ": " + finding.message() + "\n"));
        if (verdict.totalFindings() > listed.size()) {
            text.append("  and " + HumanFormat.count(verdict.totalFindings() - listed.size()) + " more\n");
        }
        return text.toString();
    }
}
