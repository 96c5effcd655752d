package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.verify.Coverage;
import dev.tidemark.coordinator.verify.Coverage.Amount;
import dev.tidemark.coordinator.verify.CoverageReader;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what shows that backups are good. Thread-safe. */
public final class Proofs {
    private static final Amount NOTHING = new Amount(0, 0);

    private final Archive archive;
    private final Views views;
    private final Map<String, Duration> within;
    private final InstantSource clock;

    /** @param within how old a reading may be in each configured namespace */
    public Proofs(Archive archive, Views views, Map<String, Duration> within, InstantSource clock) {
        this.archive = archive;
        this.views = views;
        this.within = new TreeMap<>(within);
        this.clock = clock;
    }

    /**
     * Returns how much of a namespace was verified; nothing of nothing when it was never backed up.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured
     */
    public CoverageView coverage(String namespace) {
        Upkeep.requireConfigured(namespace, within.keySet());
        Duration allowed = within.get(namespace);
        Instant now = clock.instant();
        return CoverageView.of(
                archive.namespaces().contains(namespace)
                        ? new CoverageReader(archive.namespace(namespace)).read(allowed, now)
                        : empty(namespace, allowed, now));
    }

    /**
     * Returns the certificate of a backup.
     *
     * @param backup its id, or {@code latest}
     * @throws CoordinatorException as {@link Views#backup}; {@link ErrorCode#OBJECT_MISSING} when it has none,
     *     {@link ErrorCode#OBJECT_DAMAGED} when it can't be believed
     */
    public CertificateView certificate(String namespace, String backup) {
        String id = views.backup(namespace, backup).summary().backup();
        return archive.namespace(namespace)
                .certificateCheck()
                .find(id)
                .map(CertificateView::of)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.OBJECT_MISSING,
                        "backup '" + id + "' of namespace '" + namespace + "' has no certificate",
                        "Verify it to the last byte: order 'verify', or run 'tidemark verify " + namespace
                                + " --level 2'."));
    }

    private static Coverage empty(String namespace, Duration within, Instant now) {
        return new Coverage(
                namespace, now, within, 0, 0, List.of(), NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, Instant.EPOCH);
    }
}
