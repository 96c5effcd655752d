package dev.tidemark.coordinator.service.access.approval;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Approvals in the archive, for all instances that share it: sealed documents {@code approvals/ID.requested}, {@code ID.decided} and
 * {@code ID.used}, each created once.
 */
public final class ArchiveApprovalStore implements ApprovalStore {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveApprovalStore.class);
    private static final int FORMAT_VERSION = 1;
    private static final String FOLDER = "approvals/";
    private static final String REQUESTED = ".requested";
    private static final String DECIDED = ".decided";
    private static final String USED = ".used";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{24}");

    private final ObjectStore store;
    private final SealedDocuments documents;

    /** Creates access to the approvals of an archive. */
    public ArchiveApprovalStore(Archive archive) {
        store = archive.store();
        documents = archive.documents();
    }

    @Override
    public void request(Approval approval) {
        Requested document = new Requested(
                FORMAT_VERSION,
                approval.subject(),
                approval.requestedBy(),
                approval.role(),
                approval.requestedAt(),
                approval.expiresAt());
        if (!isCreated(approval.id(), REQUESTED, document)) {
            throw new IllegalStateException("approval: '" + approval.id() + "' (expected: an id that is not there)");
        }
    }

    /** When the answer to the creation is lost the decision may stand although this fails; whoever looks at it sees that. */
    @Override
    public boolean decide(String id, Approval.Decision decision) {
        return isThere(id)
                && isCreated(
                        id, DECIDED, new Decided(FORMAT_VERSION, decision.by(), decision.verdict(), decision.at()));
    }

    @Override
    public boolean use(String id, Approval.Use use) {
        return isThere(id) && isCreated(id, USED, new Used(FORMAT_VERSION, use.at(), use.key()));
    }

    @Override
    public Optional<Approval> find(String id) {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        return read(id, REQUESTED, Requested.class)
                .map(requested -> new Approval(
                        id,
                        requested.subject(),
                        requested.requestedBy(),
                        requested.role(),
                        requested.requestedAt(),
                        requested.expiresAt(),
                        read(id, DECIDED, Decided.class)
                                .map(decided -> new Approval.Decision(decided.by(), decided.verdict(), decided.at()))
                                .orElse(null),
                        read(id, USED, Used.class)
                                .map(used -> new Approval.Use(used.at(), used.key()))
                                .orElse(null)));
    }

    /** One that can't be read is left out, and keeps nobody from the others. */
    @Override
    public List<Approval> list() {
        List<String> ids = new ArrayList<>();
        store.forEach(FOLDER, info -> {
            String name = info.key().name();
            if (name.endsWith(REQUESTED)) {
                ids.add(name.substring(0, name.length() - REQUESTED.length()));
            }
        });
        List<Approval> found = new ArrayList<>();
        for (String id : ids) {
            try {
                find(id).ifPresent(found::add);
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                    throw e;
                }
                LOG.error("approval '{}' counts for nothing: {}", id, e.getMessage());
            }
        }
        found.sort(Comparator.comparing(Approval::requestedAt).thenComparing(Approval::id));
        return found;
    }

    /** The request goes first: without it there is no approval. What nobody may delete stays, and has expired. */
    @Override
    public void remove(String id) {
        if (!ID.matcher(id).matches()) {
            return;
        }
        try {
            List.of(REQUESTED, DECIDED, USED).forEach(part -> store.delete(key(id, part)));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
        }
    }

    private boolean isThere(String id) {
        return ID.matcher(id).matches() && store.head(key(id, REQUESTED)).isPresent();
    }

    private boolean isCreated(String id, String part, Object document) {
        try {
            documents.create(key(id, part), StrictJson.encode(document));
            return true;
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_EXISTS) {
                return false;
            }
            throw e;
        }
    }

    private <T> Optional<T> read(String id, String part, Class<T> type) {
        ObjectKey key = key(id, part);
        try {
            return Optional.of(StrictJson.decode(documents.read(key), type));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_MISSING) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    private static ObjectKey key(String id, String part) {
        return new ObjectKey(FOLDER + id + part);
    }

    private record Requested(
            int formatVersion,
            Approval.Subject subject,
            String requestedBy,
            Role role,
            Instant requestedAt,
            Instant expiresAt) {}

    private record Decided(int formatVersion, String by, Approval.Verdict verdict, Instant at) {}

    private record Used(int formatVersion, Instant at, String key) {}
}
