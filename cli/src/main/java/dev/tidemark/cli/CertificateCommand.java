package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.certificate.Certificate;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus.State;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.service.view.CertificateView;
import dev.tidemark.coordinator.service.view.StatusView;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the certificate of a backup to somebody who has the public key and the right to read. */
@Command(
        name = "certificate",
        description = {
            "Show who has verified a backup, and when, and check the signature.",
            "Needs the public key and the right to read. Exits with 73 when the certificate is outdated or withdrawn."
        })
final class CertificateCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A namespace that the archive has.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id, or 'latest'.")
    private String backup;

    CertificateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PublicArchive archive = session.wiring().publicArchive();
        String id = backup.equals(Catalog.LATEST) ? latest(archive) : backup;
        CertificateStatus status = archive.certificateCheck(namespace)
                .find(id)
                .orElseThrow(() -> new CliException(
                        ErrorCode.OBJECT_MISSING,
                        "backup '" + id + "' of namespace '" + namespace + "' has no certificate",
                        "Run 'tidemark verify " + namespace + " --level 2' where the secret key is."));
        session.show(
                CertificateView.of(status), text(status, archive.verifyingKey().id()));
        return status.state() == State.VALID ? 0 : ErrorCode.VERIFICATION_FAILED.exitCode();
    }

    private String latest(PublicArchive archive) {
        List<Manifest> newest = new ArrayList<>();
        Comparator<Manifest> order =
                Comparator.comparingLong(Manifest::backupTimestamp).thenComparingLong(Manifest::sequence);
        List<DamagedManifest> damaged = archive.manifests(namespace).forEach(manifest -> {
            if (newest.isEmpty() || order.compare(manifest, newest.get(0)) > 0) {
                newest.clear();
                newest.add(manifest);
            }
        });
        if (!damaged.isEmpty()) {
            throw new CliException(
                    ErrorCode.MANIFEST_INVALID,
                    "the latest backup of namespace '" + namespace + "' is not known: the manifest of '"
                            + damaged.get(0).backupId() + "' can't be used",
                    "Name the backup by its id.");
        }
        return newest.stream()
                .map(Manifest::backupId)
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ErrorCode.UNKNOWN_BACKUP,
                        "namespace '" + namespace + "' has no backup",
                        "List the backups with 'tidemark backups'."));
    }

    private static String text(CertificateStatus status, String keyId) {
        Certificate certificate = status.certificate();
        return "Backup '" + certificate.backupId() + "' of namespace '" + certificate.namespace() + "' "
                + sentence(status) + "\n"
                + "  signed          " + HumanFormat.time(certificate.issuedAt()) + " by " + certificate.issuedBy()
                + ", " + certificate.createdBy() + ", key " + keyId + "\n"
                + "  verified        every byte of " + HumanFormat.count(certificate.packs(), "pack") + ", "
                + HumanFormat.bytes(certificate.bytes()) + ", from "
                + HumanFormat.time(certificate.oldestVerification()) + " to "
                + HumanFormat.time(certificate.newestVerification()) + "\n"
                + "  state at        timestamp " + certificate.backupTimestamp() + ", fast-forward "
                + certificate.fastForwardTimestamp() + "\n"
                + "  manifest        SHA-256 " + certificate.manifestSha256() + "\n"
                + "  inventory       " + certificate.inventoryGeneration() + ", SHA-256 "
                + certificate.inventorySha256() + "\n";
    }

    /** Returns in a few words what a certificate is worth. */
    static String word(CertificateView certificate) {
        return certificate.state().equals(StatusView.word(State.VALID))
                ? "every byte was verified from " + HumanFormat.time(certificate.oldestVerification()) + " on"
                : certificate.state().toUpperCase(Locale.ROOT) + ": " + certificate.reason();
    }

    private static String sentence(CertificateStatus status) {
        return switch (status.state()) {
            case VALID -> "is certified as restorable.";
            case OUTDATED -> "has a certificate that is OUTDATED: " + status.reason();
            case WITHDRAWN -> "has NO certificate any more, it was WITHDRAWN: " + status.reason();
        };
    }
}
