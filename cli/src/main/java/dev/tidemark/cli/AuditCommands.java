package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.audit.AuditChain;
import dev.tidemark.coordinator.archive.audit.AuditLog;
import dev.tidemark.coordinator.archive.audit.AuditPosition;
import dev.tidemark.coordinator.archive.audit.AuditRecord;
import dev.tidemark.coordinator.archive.audit.AuditStatement;
import dev.tidemark.coordinator.operation.AuditCheck;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands that read the audit log. The public key is enough for them. */
final class AuditCommands {
    private AuditCommands() {}

    static void addTo(CommandLine root, Session session) {
        CommandLine group = new CommandLine(new Group());
        root.addSubcommand(group);
        group.addSubcommand(new Show(session));
        group.addSubcommand(new Verify(session));
    }

    private static AuditLog log(Session session) {
        return session.wiring().hasSecret()
                ? session.wiring().archive().audit()
                : session.wiring().publicArchive().audit();
    }

    @Command(name = "audit", description = "Read the log of what was done to the archive.")
    private static final class Group extends CommandGroup {}

    @Command(
            name = "list",
            description = {
                "Show what was done to the archive: who, what, when, and how it ended.",
                "Exits with 59 when an entry can't be believed; 'audit verify' checks all of it."
            })
    private static final class Show implements Callable<Integer> {
        private static final int MAX_LAST = 1000;

        private final Session session;

        @Option(
                names = "--last",
                paramLabel = "NUMBER",
                description = "How many entries, 1 to 1000; default: ${DEFAULT-VALUE}.")
        private int last = 50;

        @Option(names = "--namespace", paramLabel = "NAMESPACE", description = "Of these, only those of a namespace.")
        private String namespace;

        private Show(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            if (last < 1 || last > MAX_LAST) {
                throw new CliException(
                        ErrorCode.USAGE, "--last " + last + " (expected: 1 to 1000)", "Correct the option.");
            }
            AuditLog log = log(session);
            List<Map<String, Object>> documents = new ArrayList<>();
            StringBuilder warnings = new StringBuilder();
            Table table = new Table(">NUMBER", "AT", "WHO", "WHAT", "NAMESPACE", "SUBJECT", "OUTCOME");
            for (long sequence : log.lastSequences(last)) {
                try {
                    AuditRecord entry = log.read(sequence);
                    if (namespace == null
                            || namespace.equals(entry.entry().statement().namespace())) {
                        documents.add(json(entry));
                        row(table, entry);
                    }
                } catch (CoordinatorException e) {
                    if (e.code() != ErrorCode.OBJECT_DAMAGED && e.code() != ErrorCode.UNKNOWN_FORMAT_VERSION) {
                        throw e;
                    }
                    documents.add(Json.object("sequence", sequence, "problem", e.getMessage()));
                    warnings.append("WARNING: entry " + sequence + ": " + e.getMessage() + "\n");
                }
            }
            session.show(
                    Json.object("entries", documents),
                    (documents.isEmpty() ? "The audit log has no such entries.\n" : table.toString()) + warnings);
            return warnings.isEmpty() ? 0 : ErrorCode.OBJECT_DAMAGED.exitCode();
        }

        private static void row(Table table, AuditRecord entry) {
            AuditStatement statement = entry.entry().statement();
            String what = statement.type().isEmpty()
                    ? statement.event().word()
                    : statement.type() + " " + statement.event().word();
            table.row(
                    entry.entry().sequence(),
                    HumanFormat.time(entry.entry().at()),
                    entry.entry().who(),
                    what,
                    statement.namespace().isEmpty() ? "-" : statement.namespace(),
                    statement.operationId()
                            + (statement.subject().isEmpty()
                                            || statement.operationId().isEmpty()
                                    ? ""
                                    : ": ")
                            + statement.subject(),
                    (statement.outcome().toLowerCase(Locale.ROOT) + " " + statement.message()).strip());
        }

        private static Map<String, Object> json(AuditRecord entry) {
            AuditStatement statement = entry.entry().statement();
            return Json.object(
                    "sequence", entry.entry().sequence(),
                    "at", entry.entry().at(),
                    "who", entry.entry().who(),
                    "event", statement.event().word(),
                    "namespace", statement.namespace(),
                    "type", statement.type(),
                    "operation", statement.operationId(),
                    "epoch", statement.epoch(),
                    "outcome", statement.outcome(),
                    "subject", statement.subject(),
                    "message", statement.message(),
                    "authenticity", entry.authenticity().name().toLowerCase(Locale.ROOT),
                    "sha256", entry.hash());
        }
    }

    @Command(
            name = "verify",
            description = {
                "Check the whole audit log: every signature, that no entry is missing, changed or put in,",
                "and, with a secret key, that it tells what the journals of the operations tell.",
                "Exits with 73 when something is wrong."
            })
    private static final class Verify implements Callable<Integer> {
        private final Session session;

        @Option(
                names = "--noted",
                paramLabel = "POSITION",
                description = "What an earlier run printed: the log must still hold that entry, and go on from it.")
        private String noted;

        private Verify(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            AuditCheck journals = new AuditCheck();
            boolean hasSecret = session.wiring().hasSecret();
            if (hasSecret) {
                Archive archive = session.wiring().archive();
                archive.namespaces().forEach(name -> journals.addJournals(archive.records(name)));
            }
            AuditChain chain = log(session).check();
            journals.compare(chain);
            if (noted != null) {
                chain.compare(AuditPosition.parse(noted)
                        .orElseThrow(() -> new CliException(
                                ErrorCode.USAGE,
                                "position '" + noted + "' (expected: a number, a colon, 64 hexadecimal digits)",
                                "Give what 'tidemark audit verify' printed earlier.")));
            }
            session.show(
                    Json.object(
                            "entries", chain.entries(),
                            "position", chain.last().toString(),
                            "byReaders", chain.byReaders(),
                            "unchecked", chain.unchecked(),
                            "journalsCompared", hasSecret,
                            "problems", chain.problemCount(),
                            "firstProblems", chain.problems()),
                    text(chain, hasSecret));
            return chain.problemCount() == 0 ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
        }

        private static String text(AuditChain chain, boolean hasSecret) {
            StringBuilder text = new StringBuilder("The audit log has " + HumanFormat.count(chain.entries())
                    + (chain.entries() == 1 ? " entry" : " entries") + "; "
                    + (chain.problemCount() == 0
                            ? "all of them fit together.\n"
                            : HumanFormat.count(chain.problemCount(), "problem") + ".\n"));
            text.append("  position  ").append(chain.last()).append('\n');
            if (chain.unchecked() > 0) {
                text.append("  " + HumanFormat.count(chain.unchecked())
                        + " say that readers have written them, which the public key can't tell\n");
            }
            if (!hasSecret) {
                text.append("  not compared with the journals of the operations: they need a secret key\n");
            }
            chain.problems().forEach(problem -> text.append("PROBLEM: " + problem + "\n"));
            return text.toString();
        }
    }
}
