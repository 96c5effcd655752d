package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.exchange.ExportSource;
import dev.tidemark.coordinator.exchange.TrustedKeys;
import dev.tidemark.coordinator.transfer.SourceReference;
import dev.tidemark.coordinator.transfer.TransferReport;
import dev.tidemark.kvs.ErrorCode;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a backup over from an export. */
@Command(
        name = "import",
        description = {
            "Take a backup over from a file that 'tidemark export' has written.",
            "Needs the archive and nothing else. What is not signed with a trusted key is refused."
        })
final class ImportCommand implements Callable<Integer> {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long MAX_KEY_BYTES = 64 << 10;

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "FILE", description = "The export, or '-' for standard input.")
    private String file;

    @Option(names = "--as", paramLabel = "ID", description = "The id that the backup gets. Default: the one it had.")
    private String backup;

    @Option(
            names = "--public-key",
            paramLabel = "FILE",
            description = "Public key of the archive that the export is from. Default: that of this archive.")
    private Path publicKey;

    @Option(names = "--accept-any-key", description = "Believe the key that the export carries, whoever has signed it.")
    private boolean isAnyKeyAccepted;

    ImportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (publicKey != null && isAnyKeyAccepted) {
            throw new ParameterException(spec.commandLine(), "--public-key and --accept-any-key exclude each other");
        }
        if (backup != null && !Manifest.isBackupId(backup)) {
            throw new ParameterException(
                    spec.commandLine(), "--as is '" + backup + "' (expected: 1 to 100 of A-Z a-z 0-9 _ . -)");
        }
        String name = session.namespace(namespace);
        TrustedKeys trusted = trusted();
        boolean isStream = file.equals(SourceReference.STREAM);
        ExportSource source = isStream
                ? ExportSource.open(new Unclosed(session.surroundings().in()), SourceReference.STREAM, trusted)
                : openFile(session.resolve(Path.of(file)), trusted);
        TransferReport report = session.wiring()
                .transfers(session.options().archive())
                .importBackup(name, source, backup == null ? "" : backup, session.progress());
        session.show(TransferOutput.json(report), TransferOutput.text(report));
        return 0;
    }

    private TrustedKeys trusted() {
        if (isAnyKeyAccepted) {
            return TrustedKeys.any();
        }
        TrustedKeys own = TrustedKeys.of(session.wiring().archive().header().verifyingKey());
        return publicKey == null ? own : own.and(keyText(session.resolve(publicKey)));
    }

    private static String keyText(Path path) {
        try {
            if (Files.size(path) > MAX_KEY_BYTES) {
                throw new IOException("it has " + Files.size(path) + " bytes");
            }
            return Files.readString(path);
        } catch (IOException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "public key '" + path + "' can't be read: " + e.getMessage(),
                    "Name a file with the public key in base 64, or as PEM.",
                    e);
        }
    }

    private static ExportSource openFile(Path path, TrustedKeys trusted) {
        try {
            if (!Files.isRegularFile(path)) {
                throw new IOException("it is no file");
            }
            return ExportSource.open(
                    new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES), path.toString(), trusted);
        } catch (IOException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "export '" + path + "' can't be read: " + e.getMessage(),
                    "Check the name of the file.",
                    e);
        }
    }

    /** Standard input belongs to the process. */
    private static final class Unclosed extends FilterInputStream {
        private Unclosed(InputStream in) {
            super(new BufferedInputStream(in, BUFFER_BYTES));
        }

        @Override
        public void close() {}
    }
}
