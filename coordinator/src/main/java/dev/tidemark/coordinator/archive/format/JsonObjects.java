package dev.tidemark.coordinator.archive.format;

import java.io.IOException;
import java.util.Arrays;

/**
 * Small JSON objects of the archive that have a field {@code format} with their version, and are stored in exactly the form
 * in which {@link StrictJson} writes them.
 */
public final class JsonObjects {
    /** Largest such object. */
    public static final int MAX_BYTES = 64 << 10;

    private JsonObjects() {}

    /**
     * Reads one.
     *
     * @param object its key, for messages
     * @param version the version that is understood
     * @throws dev.tidemark.coordinator.CoordinatorException {@link dev.tidemark.kvs.ErrorCode#UNKNOWN_FORMAT_VERSION} for
     *     another version, {@link dev.tidemark.kvs.ErrorCode#OBJECT_DAMAGED} for everything else that is wrong
     */
    public static <T> T decode(byte[] content, Class<T> type, int version, String object) {
        if (content.length > MAX_BYTES) {
            throw FormatErrors.damaged(object, content.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        try {
            long found = StrictJson.number(content, "format");
            if (found > version) {
                throw FormatErrors.unknownVersion(object, found, version);
            }
            T document = StrictJson.decode(content, type);
            if (found != version || !Arrays.equals(StrictJson.encode(document), content)) {
                throw FormatErrors.damaged(object, "it is not in the form in which it was written");
            }
            return document;
        } catch (IOException e) {
            throw FormatErrors.damaged(object, "it can't be read as JSON", e);
        }
    }
}
