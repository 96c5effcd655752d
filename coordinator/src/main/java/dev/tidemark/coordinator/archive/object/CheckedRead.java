package dev.tidemark.coordinator.archive.object;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.function.Supplier;

/**
 * Damage on the way is not damage in the archive: a part of an object that is not what was written is read again before anybody is
 * told. Whole objects need this only in stores that do not compare them with what they were when they were written; a store can't
 * check a part, and those who can are above it.
 */
public final class CheckedRead {
    /** Damage that is still there the third time is damage in the archive. */
    private static final int MAX_READS = 3;

    private CheckedRead() {}

    /**
     * Reads and checks, again when the check fails.
     *
     * @param readAndCheck reads from the store each time, and throws {@link ErrorCode#OBJECT_DAMAGED} when the check fails
     * @throws CoordinatorException the last failure of the check; anything else at once
     */
    public static <T> T of(Supplier<T> readAndCheck) {
        for (int reads = 1; ; reads++) {
            try {
                return readAndCheck.get();
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_DAMAGED || reads == MAX_READS) {
                    throw e;
                }
            }
        }
    }
}
