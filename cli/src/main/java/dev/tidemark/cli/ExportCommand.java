package dev.tidemark.cli;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.exchange.BackupExport;
import dev.tidemark.coordinator.exchange.ExportFile;
import dev.tidemark.coordinator.exchange.ExportReport;
import dev.tidemark.coordinator.operation.OperationListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes one backup as one tar file. */
@Command(
        name = "export",
        description = {
            "Write a backup as one tar file, which other programs can read: NOT ENCRYPTED.",
            "Needs the archive and nothing else."
        })
final class ExportCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";
    private static final String STEP = "export";

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id, or 'latest'.")
    private String backup;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = STANDARD_OUTPUT,
            description = "A new file, or '-' for standard output, which is the default.")
    private String output;

    ExportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        boolean isToStandardOutput = output.equals(STANDARD_OUTPUT);
        if (isToStandardOutput && session.options().isJson()) {
            throw new ParameterException(
                    spec.commandLine(), "--json needs --output FILE: standard output is for one of the two");
        }
        String name = session.namespace(namespace);
        Archive archive = session.wiring().archive();
        NamespaceArchive from = archive.namespace(name);
        String id = new Catalog(from).find(backup).backupId();
        session.note("NOTE: the export is not encrypted; whoever can read it can read the backup.");
        session.wiring()
                .coordinator()
                .upkeep()
                .recordExport(name, id, isToStandardOutput ? STANDARD_OUTPUT : output)
                .ifPresent(problem -> session.note("NOTE: the export is not in the audit log: " + problem));
        OperationListener progress = session.progress();
        progress.stepStarted(id, STEP);
        BackupExport export = new BackupExport(
                from,
                archive.header().verifyingKey(),
                (bytes, totalBytes, files) -> progress.progress(id, STEP, bytes, totalBytes, files));
        ExportReport report = isToStandardOutput
                ? export.write(id, new StandardOutput(session.surroundings().out()))
                : ExportFile.write(session.resolve(Path.of(output)), target -> export.write(id, target));
        progress.stepFinished(id, STEP);
        if (isToStandardOutput) {
            session.note(text(report));
        } else {
            session.show(json(report), text(report));
        }
        return 0;
    }

    private Map<String, Object> json(ExportReport report) {
        return Json.object(
                "namespace", report.namespace(),
                "backup", report.backupId(),
                "archive", report.archiveId(),
                "backupTimestamp", report.backupTimestamp(),
                "timeAtBackupTimestamp", report.timeAtBackupTimestamp(),
                "files", report.files(),
                "rawBytes", report.rawBytes(),
                "output", session.resolve(Path.of(output)).toString(),
                "exportBytes", report.exportBytes(),
                "sha256", report.sha256());
    }

    private static String text(ExportReport report) {
        return "Backup '" + report.backupId() + "' of namespace '" + report.namespace() + "' is exported: "
                + HumanFormat.count(report.files(), "file") + ", " + HumanFormat.bytes(report.rawBytes())
                + ".\n  length   " + report.exportBytes() + " bytes\n  SHA-256  " + report.sha256();
    }

    /** A stream for text remembers errors where one for bytes throws them. */
    private static final class StandardOutput extends OutputStream {
        private final PrintStream target;

        private StandardOutput(PrintStream target) {
            this.target = target;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] content, int offset, int length) throws IOException {
            target.write(content, offset, length);
            flush();
        }

        @Override
        public void flush() throws IOException {
            if (target.checkError()) {
                throw new IOException("standard output takes no more");
            }
        }
    }
}
