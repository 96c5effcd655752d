package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.marks.GarbageList;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.PackTable;
import java.util.HashMap;
import java.util.Map;

/** The names on garbage lists, packs in little memory. Not thread-safe. */
final class CondemnedObjects {
    private final String packs;
    private final NamespaceArchive archive;

    /** The size of a pack says whether it is due. */
    private final PackTable condemnedPacks = new PackTable();

    private final Map<String, Boolean> others = new HashMap<>();

    CondemnedObjects(NamespaceArchive archive) {
        this.archive = archive;
        packs = archive.layout().packs();
    }

    void add(GarbageList list, boolean isDue) {
        for (String name : list.objects()) {
            ObjectKey key = archive.key(name);
            if (isPack(key)) {
                condemnedPacks.add(ObjectId.parse(key.name()), isDue ? 1 : 0);
            } else {
                others.merge(name, isDue, Boolean::logicalAnd);
            }
        }
    }

    boolean contains(ObjectKey key) {
        return isPack(key)
                ? condemnedPacks.numberOf(ObjectId.parse(key.name())) >= 0
                : others.containsKey(archive.layout().relative(key));
    }

    boolean isDue(ObjectKey key) {
        if (!isPack(key)) {
            return others.getOrDefault(archive.layout().relative(key), false);
        }
        int number = condemnedPacks.numberOf(ObjectId.parse(key.name()));
        return number >= 0 && condemnedPacks.sizeBytes(number) == 1;
    }

    private boolean isPack(ObjectKey key) {
        return key.value().startsWith(packs) && ObjectId.isValid(key.name());
    }
}
