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
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The lists of condemned objects of one namespace: sealed documents {@code ns/NS/garbage/} and eight digits. A list is written
 * once and deleted when its last object is gone, or was found to be needed. As long as it is there no writer refers to its
 * objects: that is what makes it safe to remove them later. Thread-safe.
 */
public final class GarbageLists {
    private static final String FOLDER = "garbage/";

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final SealedDocuments documents;

    /** Creates access to the lists of a namespace. */
    public GarbageLists(ObjectStore store, NamespaceLayout layout, SealedDocuments documents) {
        this.store = store;
        this.layout = layout;
        this.documents = documents;
    }

    /** Returns the numbers of all lists, ascending. */
    public List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        store.forEach(layout.prefix() + FOLDER, info -> {
            if (info.key().name().matches("[0-9]{8}")) {
                numbers.add(Integer.valueOf(info.key().name()));
            }
        });
        return numbers;
    }

    /** Reads all lists, one at a time; one that vanishes meanwhile is left out. */
    public void forEach(Consumer<GarbageList> action) {
        for (int number : numbers()) {
            try {
                action.accept(read(number));
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    throw e;
                }
            }
        }
    }

    /** Adds the packs of all lists to a table; their sizes are not known. */
    public void addPacksTo(PackTable packs) {
        String folder = layout.packs().substring(layout.prefix().length());
        forEach(list -> list.objects().forEach(name -> {
            String id = name.substring(name.lastIndexOf('/') + 1);
            if (name.startsWith(folder) && ObjectId.isValid(id)) {
                packs.add(ObjectId.parse(id), 0);
            }
        }));
    }

    /**
     * Reads a list.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when there is none, {@link ErrorCode#OBJECT_DAMAGED}
     */
    public GarbageList read(int number) {
        ObjectKey key = key(number);
        try {
            GarbageList list = StrictJson.decode(documents.read(key), GarbageList.class);
            if (list.number() != number) {
                throw FormatErrors.damaged(key.value(), "it is list " + list.number());
            }
            return list;
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    /**
     * Writes a list; durable on return.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when its number is taken
     */
    public void create(GarbageList list) {
        documents.create(key(list.number()), StrictJson.encode(list));
    }

    /** Deletes a list of which no object is left that may be removed. */
    public void delete(int number) {
        store.delete(key(number));
    }

    /** Returns the key of a list. */
    public ObjectKey key(int number) {
        return layout.key(FOLDER + String.format(Locale.ROOT, "%08d", number));
    }
}
