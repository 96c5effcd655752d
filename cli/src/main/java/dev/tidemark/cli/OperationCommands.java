package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.OperationList;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands for operations as such: list, resume, cancel. */
final class OperationCommands {
    private OperationCommands() {}

    static void addTo(CommandLine root, Session session) {
        root.addSubcommand(new ListOperations(session));
        root.addSubcommand(new Resume(session));
        root.addSubcommand(new Cancel(session));
    }

    private static Map<String, Object> json(OperationSummary summary) {
        return Json.object(
                "namespace", summary.namespace(),
                "operation", summary.operationId(),
                "type", summary.type(),
                "outcome", lower(summary.outcome()),
                "startedAt", summary.startedAt(),
                "updatedAt", summary.updatedAt(),
                "stepsDone", summary.stepsDone(),
                "currentStep", summary.currentStep(),
                "message", summary.message());
    }

    private static String lower(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String sentence(OperationSummary summary) {
        return summary.type() + " '" + summary.operationId() + "' of namespace '" + summary.namespace() + "': "
                + lower(summary.outcome()) + (summary.message().isEmpty() ? "" : " (" + summary.message() + ")");
    }

    @Command(name = "operations", description = "List the operations of a namespace, or of all, the newest first.")
    private static final class ListOperations implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every configured namespace.")
        private String namespace;

        private ListOperations(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            List<OperationSummary> found = new ArrayList<>();
            List<String> names = session.namespaces(namespace);
            List<Map<String, Object>> damaged = new ArrayList<>();
            StringBuilder warnings = new StringBuilder();
            for (String name : names) {
                OperationList list = session.isRemote()
                        ? new OperationList(session.remote().client().operations(name), List.of())
                        : session.wiring().coordinator().listOperations(name);
                found.addAll(list.operations());
                list.damaged().forEach(operation -> {
                    damaged.add(Json.object(
                            "namespace", name, "operation", operation.operationId(), "message", operation.message()));
                    warnings.append("WARNING: operation '" + operation.operationId() + "' of namespace '" + name
                            + "' can't be read: " + operation.message() + "\n");
                });
            }
            Table table = new Table("NAMESPACE", "OPERATION", "TYPE", "OUTCOME", "STARTED", ">TOOK", "STEP OR REASON");
            for (OperationSummary summary : found) {
                table.row(
                        summary.namespace(),
                        summary.operationId(),
                        summary.type(),
                        lower(summary.outcome()),
                        HumanFormat.time(summary.startedAt()),
                        HumanFormat.duration(Duration.between(summary.startedAt(), summary.updatedAt())),
                        summary.message().isEmpty() ? summary.currentStep() : summary.message());
            }
            session.show(
                    Json.object(
                            "operations",
                            found.stream().map(OperationCommands::json).toList(),
                            "damaged",
                            damaged),
                    (found.isEmpty() ? "There are no operations.\n" : table.toString()) + warnings);
            return 0;
        }
    }

    @Command(name = "resume", description = "Go on with an unfinished operation, or with that of each namespace.")
    private static final class Resume implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "NAMESPACE",
                description = "Default: every namespace that has an unfinished operation.")
        private String namespace;

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "OPERATION",
                description = "Default: the unfinished operation; a namespace has at most one.")
        private String operation;

        private Resume(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            List<String> names = session.namespaces(namespace);
            if (session.isRemote()) {
                return resumeRemotely(names);
            }
            Coordinator coordinator = session.wiring().coordinator();
            List<OperationSummary> resumed = new ArrayList<>();
            Map<String, TidemarkException> failures = new TreeMap<>();
            for (String name : names) {
                try {
                    boolean isUnfinished = coordinator
                            .findUnfinished(name)
                            .filter(summary -> operation == null || operation.equals(summary.operationId()))
                            .isPresent();
                    if (isUnfinished) {
                        resumed.add(coordinator.resume(name, session.progress()));
                    }
                } catch (TidemarkException e) {
                    if (names.size() == 1 || e.code() == ErrorCode.INTERRUPTED) {
                        throw e;
                    }
                    failures.put(name, e);
                }
            }
            if (resumed.isEmpty() && failures.isEmpty()) {
                throw new CliException(
                        ErrorCode.UNKNOWN_OPERATION,
                        (names.size() == 1 ? "namespace '" + names.get(0) + "' has" : "there is")
                                + " no unfinished operation" + (operation == null ? "" : " '" + operation + "'"),
                        "See 'tidemark operations' for those that have ended.");
            }
            StringBuilder text = new StringBuilder();
            resumed.forEach(summary -> text.append(sentence(summary)).append('\n'));
            failures.forEach((name, failure) ->
                    text.append("namespace '" + name + "': " + failure.getMessage() + ". " + failure.hint() + '\n'));
            session.show(
                    Json.object(
                            "operations",
                            resumed.stream().map(OperationCommands::json).toList(),
                            "failures",
                            failures.entrySet().stream()
                                    .map(failure -> Json.object(
                                            "namespace", failure.getKey(),
                                            "code", failure.getValue().code().name(),
                                            "message", failure.getValue().getMessage(),
                                            "hint", failure.getValue().hint()))
                                    .toList()),
                    text.toString());
            return failures.values().stream()
                    .findFirst()
                    .map(failure -> failure.code().exitCode())
                    .orElse(0);
        }

        /** The service itself resumes what it has begun; this is for what others have left. */
        private int resumeRemotely(List<String> names) {
            List<String> unfinished = names.stream()
                    .filter(name -> session.remote().client().operations(name).stream()
                            .anyMatch(summary -> summary.outcome() == Outcome.UNFINISHED
                                    && (operation == null || operation.equals(summary.operationId()))))
                    .toList();
            if (unfinished.size() != 1) {
                throw new CliException(
                        ErrorCode.UNKNOWN_OPERATION,
                        (names.size() == 1 ? "namespace '" + names.get(0) + "' has " : "there are ") + unfinished.size()
                                + " unfinished operations" + (operation == null ? "" : " '" + operation + "'")
                                + " (expected: 1)",
                        "See 'tidemark operations', and name the namespace.");
            }
            return session.remote()
                    .run(
                            unfinished.get(0),
                            new OperationOrder.Resume(),
                            OperationSummary.class,
                            summary -> session.show(
                                    Json.object("operations", List.of(json(summary)), "failures", List.of()),
                                    sentence(summary)));
        }
    }

    @Command(
            name = "cancel",
            description = {
                "Cancel an unfinished operation that no process works on, and free what it holds.",
                "With --server: cancel an order, or that of an operation, which the service works on or not."
            })
    private static final class Cancel implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
        private String namespace;

        @Parameters(
                index = "1",
                paramLabel = "OPERATION",
                description = "The operation's id; with --server that of an order too.")
        private String operation;

        private Cancel(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            String name = session.namespace(namespace);
            if (session.isRemote()) {
                OrderCommands.show(session, session.remote().cancel(name, operation));
                return 0;
            }
            OperationSummary summary = session.wiring().coordinator().cancel(name, operation, session.progress());
            session.show(json(summary), sentence(summary));
            return 0;
        }
    }
}
