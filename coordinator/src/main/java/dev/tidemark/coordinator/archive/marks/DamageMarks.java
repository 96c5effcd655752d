package dev.tidemark.coordinator.archive.marks;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The marks on damaged packs of one namespace: sealed documents {@code ns/NS/damage/} and the pack's id. A writer takes the
 * chunks of a marked pack for lost and stores them again; a reader looks for them elsewhere first. Who finds more damage in a pack
 * that is marked adds a second mark, with {@code .all} behind the id, on the whole pack: a mark is never replaced, so that there is
 * no moment without one. Thread-safe.
 */
public final class DamageMarks {
    private static final String FOLDER = "damage/";
    private static final String WHOLE = ".all";

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final SealedDocuments documents;

    /** Creates access to the marks of a namespace. */
    public DamageMarks(ObjectStore store, NamespaceLayout layout, SealedDocuments documents) {
        this.store = store;
        this.layout = layout;
        this.documents = documents;
    }

    /** Returns the marked packs of a namespace, ordered; their names say it, so no key is needed. */
    public static List<ObjectId> packs(ObjectStore store, NamespaceLayout layout) {
        List<ObjectId> packs = new ArrayList<>();
        store.forEach(layout.prefix() + FOLDER, info -> {
            String name = info.key().name();
            String id = name.endsWith(WHOLE) ? name.substring(0, name.length() - WHOLE.length()) : name;
            boolean isNew =
                    packs.isEmpty() || !packs.get(packs.size() - 1).toString().equals(id);
            if (ObjectId.isValid(id) && isNew) {
                packs.add(ObjectId.parse(id));
            }
        });
        return packs;
    }

    /** Returns the marked packs, ordered. */
    public List<ObjectId> packs() {
        return packs(store, layout);
    }

    /** Adds the marked packs to a table; their sizes are not known. */
    public void addPacksTo(PackTable table) {
        packs().forEach(pack -> table.add(pack, 0));
    }

    /**
     * Marks a pack; durable on return.
     *
     * @return false when it has a mark that says as much
     */
    public boolean mark(DamageMark mark) {
        if (isCreated(key(mark.pack()), mark)) {
            return true;
        }
        boolean isKnown = find(mark.pack()).filter(known -> known.covers(mark)).isPresent();
        return !isKnown && isCreated(wholeKey(mark.pack()), mark.whole());
    }

    private boolean isCreated(ObjectKey key, DamageMark mark) {
        try {
            documents.create(key, StrictJson.encode(mark));
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
            return false;
        }
    }

    /** Returns the mark of a pack, if it has one: the one that says most. One that can't be read stands for the whole pack. */
    public Optional<DamageMark> find(ObjectId pack) {
        Optional<DamageMark> whole = read(pack, wholeKey(pack));
        return whole.isPresent() ? whole : read(pack, key(pack));
    }

    private Optional<DamageMark> read(ObjectId pack, ObjectKey key) {
        try {
            DamageMark mark = StrictJson.decode(documents.read(key), DamageMark.class);
            return Optional.of(mark.pack().equals(pack) ? mark : unreadable(pack));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED) {
                return Optional.of(unreadable(pack));
            }
            if (e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(unreadable(pack));
        }
    }

    private static DamageMark unreadable(ObjectId pack) {
        return new DamageMark(pack, Instant.EPOCH, "its mark can't be read", List.of());
    }

    /** Takes the marks of a pack away: it was put right, or is gone and nothing needs it. */
    public void clear(ObjectId pack) {
        store.delete(wholeKey(pack));
        store.delete(key(pack));
    }

    private ObjectKey key(ObjectId pack) {
        return layout.key(FOLDER + pack);
    }

    private ObjectKey wholeKey(ObjectId pack) {
        return layout.key(FOLDER + pack + WHOLE);
    }
}
