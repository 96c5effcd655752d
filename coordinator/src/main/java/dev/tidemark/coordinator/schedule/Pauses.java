package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether the schedules of a namespace are paused: sealed documents {@code ns/NS/pauses/} and a number of eight digits, of which the
 * greatest counts. Thread-safe, also across processes.
 */
final class Pauses {
    private static final String FOLDER = "pauses/";
    private static final int MAX_RACES = 50;

    private final NamespaceArchive archive;

    Pauses(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Returns the pause, or nothing when the schedules are not paused.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when it can't be told
     */
    Optional<Pause> current() {
        while (true) {
            List<ObjectKey> keys = keys();
            if (keys.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(read(keys.get(keys.size() - 1))).filter(pause -> pause.kind() == Pause.Kind.PAUSED);
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    throw e;
                }
                // It was replaced meanwhile.
            }
        }
    }

    /** Pauses or resumes; durable on return. The last one counts. */
    void change(Pause change) {
        for (int race = 0; race < MAX_RACES; race++) {
            List<ObjectKey> keys = keys();
            int number = keys.isEmpty() ? 1 : number(keys.get(keys.size() - 1)) + 1;
            if (isCreated(number, change) && isLast(number)) {
                keys.forEach(this::deleteQuietly);
                return;
            }
        }
        throw new CoordinatorException(
                ErrorCode.ARCHIVE_UNAVAILABLE,
                "the schedules of namespace '" + archive.namespace() + "' were paused and resumed by others "
                        + MAX_RACES + " times meanwhile",
                "Try again, and look who else does it.");
    }

    private boolean isCreated(int number, Pause change) {
        try {
            archive.documents().create(key(number), StrictJson.encode(change));
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
            return isOwn(number, change);
        }
    }

    private boolean isOwn(int number, Pause change) {
        try {
            return read(key(number)).id().equals(change.id());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_MISSING && e.code() != ErrorCode.OBJECT_DAMAGED) {
                throw e;
            }
            return false;
        }
    }

    private boolean isLast(int number) {
        List<ObjectKey> keys = keys();
        return !keys.isEmpty() && keys.get(keys.size() - 1).equals(key(number));
    }

    private Pause read(ObjectKey key) {
        try {
            return StrictJson.decode(archive.documents().read(key), Pause.class);
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    /** What is replaced does not count any more: it may stay where nothing can be deleted. */
    private void deleteQuietly(ObjectKey key) {
        try {
            archive.store().delete(key);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
        }
    }

    private List<ObjectKey> keys() {
        List<ObjectKey> keys = new ArrayList<>();
        archive.forEachKey(FOLDER, key -> {
            if (key.name().matches("[0-9]{8}")) {
                keys.add(key);
            }
        });
        return keys;
    }

    private static int number(ObjectKey key) {
        return Integer.parseInt(key.name());
    }

    private ObjectKey key(int number) {
        return archive.key(FOLDER + String.format(Locale.ROOT, "%08d", number));
    }
}
