package dev.tidemark.coordinator.archive.marks;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The marks on damaged packs of one namespace: sealed documents {@code ns/NS/damage/} and the pack's id. A writer takes the
 * chunks of a marked pack for lost and stores them again; a reader looks for them elsewhere first. Thread-safe.
 */
public final class DamageMarks {
    private static final String FOLDER = "damage/";

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final SealedDocuments documents;

    /** Creates access to the marks of a namespace. */
    public DamageMarks(ObjectStore store, NamespaceLayout layout, SealedDocuments documents) {
        this.store = store;
        this.layout = layout;
        this.documents = documents;
    }

    /** Returns the marked packs, ordered. */
    public List<ObjectId> packs() {
        List<ObjectId> packs = new ArrayList<>();
        store.forEach(layout.prefix() + FOLDER, info -> {
            if (ObjectId.isValid(info.key().name())) {
                packs.add(ObjectId.parse(info.key().name()));
            }
        });
        return packs;
    }

    /** Adds the marked packs to a table; their sizes are not known. */
    public void addPacksTo(PackTable table) {
        packs().forEach(pack -> table.add(pack, 0));
    }

    /** Marks a pack; one that is marked keeps its first mark. */
    public void mark(DamageMark mark) {
        try {
            documents.create(key(mark.pack()), StrictJson.encode(mark));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
    }

    /** Returns the mark of a pack, if it has one. */
    public Optional<DamageMark> find(ObjectId pack) {
        ObjectKey key = key(pack);
        try {
            return Optional.of(StrictJson.decode(documents.read(key), DamageMark.class));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
            return Optional.empty();
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    /** Takes a mark away: the pack was put right, or is gone and nothing needs it. */
    public void clear(ObjectId pack) {
        store.delete(key(pack));
    }

    private ObjectKey key(ObjectId pack) {
        return layout.key(FOLDER + pack);
    }
}
