package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

/**
 * A bucket with versions as it was at a time: of each object the newest version that is not younger, unless a deletion that is not
 * younger either has followed. For archives that somebody has overwritten or deleted since. The store's clock counts, to the second.
 * Every change is refused. Thread-safe.
 */
public final class S3VersionedView implements ObjectStore {
    /** Objects whose version is remembered: a listing is mostly followed by reading what it has shown. */
    private static final int MAX_REMEMBERED = 10_000;

    private static final int MAX_ANSWERS = 10_000;

    private final S3Client client;
    private final S3Place place;
    private final S3Errors errors;
    private final ObjectReads reads;
    private final Instant time;

    /** What a key had at the time; versions never change, so that nothing in here gets old. */
    private final Map<String, Optional<Version>> remembered = new LinkedHashMap<>();

    S3VersionedView(S3Client client, S3Place place, S3Errors errors, ObjectReads reads, Instant time) {
        this.client = client;
        this.place = place;
        this.errors = errors;
        this.reads = reads;
        this.time = time;
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        throw readOnly("create object '" + key + "'");
    }

    @Override
    public void createOrConfirm(ObjectKey key, ByteBuffer content) {
        throw readOnly("create object '" + key + "'");
    }

    @Override
    public void delete(ObjectKey key) {
        throw readOnly("delete object '" + key + "'");
    }

    @Override
    public byte[] read(ObjectKey key) {
        return read(key, ByteBuffer.allocate(0)).array();
    }

    @Override
    public ByteBuffer read(ObjectKey key, ByteBuffer spare) {
        return reads.read(existing(key), spare);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return reads.read(existing(key), offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return version(key).map(version -> new ObjectInfo(key, version.sizeBytes()));
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        ObjectStoreChecks.requireLimit(limit);
        List<ObjectInfo> page = new ArrayList<>();
        String after = place.prefix() + startAfter;
        Versions versions = new Versions(place.prefix() + prefix, startAfter.isEmpty() ? null : after);
        while (page.size() < limit && versions.hasMore()) {
            versions.next().forEach((name, version) -> {
                boolean isBehind = startAfter.isEmpty() || name.compareTo(after) > 0;
                if (isBehind && page.size() < limit && version.isPresent()) {
                    place.key(name)
                            .ifPresent(key ->
                                    page.add(new ObjectInfo(key, version.get().sizeBytes())));
                }
            });
        }
        return page;
    }

    @Override
    public String location() {
        return place.location() + " as of " + time;
    }

    private ObjectVersion existing(ObjectKey key) {
        return version(key)
                .map(version -> new ObjectVersion(key, version.id()))
                .orElseThrow(() -> ObjectStoreChecks.missing(key));
    }

    private Optional<Version> version(ObjectKey key) {
        String name = place.name(key);
        synchronized (remembered) {
            Optional<Version> known = remembered.get(name);
            if (known != null) {
                return known;
            }
        }
        // The versions of one name come first of all that begin like it.
        Versions versions = new Versions(name, null);
        while (versions.hasMore()) {
            SortedMap<String, Optional<Version>> found = versions.next();
            if (found.containsKey(name)) {
                return found.get(name);
            }
            if (!found.isEmpty()) {
                break;
            }
        }
        return Optional.empty();
    }

    private void remember(Map<String, Optional<Version>> found) {
        synchronized (remembered) {
            remembered.putAll(found);
            while (remembered.size() > MAX_REMEMBERED) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        }
    }

    private CoordinatorException readOnly(String action) {
        return errors.error(
                ErrorCode.ARCHIVE_READ_ONLY,
                action,
                "this is the archive as of " + time,
                "Leave 'asOf' out of the configuration to change the archive.",
                null);
    }

    /**
     * A version of an object.
     *
     * @param isDeletion whether from then on there was no object
     * @param isLatest whether none has followed
     */
    private record Version(String id, long sizeBytes, Instant at, boolean isDeletion, boolean isLatest) {
        /** Of one second the last one wins, and where that isn't known the version: what can be read harms nobody. */
        boolean isNewerThan(Version other) {
            if (!at.equals(other.at)) {
                return at.isAfter(other.at);
            }
            return isLatest || (!other.isLatest && other.isDeletion && !isDeletion);
        }
    }

    /** Goes through the versions of all objects of a prefix; the versions of one object may be on several pages. */
    private final class Versions {
        private final String prefix;
        private String keyMarker;
        private String idMarker;
        private boolean hasMore = true;
        private int answers;
        private TreeMap<String, Optional<Version>> open = new TreeMap<>();

        Versions(String prefix, String keyMarker) {
            this.prefix = prefix;
            this.keyMarker = keyMarker;
        }

        boolean hasMore() {
            return hasMore;
        }

        /** Returns the next objects by name, with nothing for those that were not there; may be empty before the end. */
        SortedMap<String, Optional<Version>> next() {
            ListObjectVersionsResponse answer = ask();
            answer.versions()
                    .forEach(version -> add(
                            version.key(),
                            new Version(
                                    version.versionId(),
                                    version.size(),
                                    version.lastModified(),
                                    false,
                                    Boolean.TRUE.equals(version.isLatest()))));
            for (DeleteMarkerEntry marker : answer.deleteMarkers()) {
                boolean isLatest = Boolean.TRUE.equals(marker.isLatest());
                add(marker.key(), new Version(marker.versionId(), 0, marker.lastModified(), true, isLatest));
            }
            hasMore = Boolean.TRUE.equals(answer.isTruncated()) && ++answers < MAX_ANSWERS;
            keyMarker = answer.nextKeyMarker();
            idMarker = answer.nextVersionIdMarker();
            TreeMap<String, Optional<Version>> complete = open;
            open = new TreeMap<>();
            if (hasMore && !complete.isEmpty()) {
                Map.Entry<String, Optional<Version>> last = complete.pollLastEntry();
                open.put(last.getKey(), last.getValue());
            }
            complete.replaceAll((name, version) -> version.filter(newest -> !newest.isDeletion()));
            remember(complete);
            return complete;
        }

        private void add(String name, Version version) {
            Optional<Version> newest = open.getOrDefault(name, Optional.empty());
            boolean isKnown = !version.at().isAfter(time);
            if (isKnown && (newest.isEmpty() || version.isNewerThan(newest.get()))) {
                newest = Optional.of(version);
            }
            open.put(name, newest);
        }

        private ListObjectVersionsResponse ask() {
            try {
                return client.listObjectVersions(ListObjectVersionsRequest.builder()
                        .bucket(place.bucket())
                        .prefix(prefix)
                        .keyMarker(keyMarker)
                        .versionIdMarker(idMarker)
                        .build());
            } catch (SdkException e) {
                throw errors.translate("list the versions of '" + prefix + "'", e);
            }
        }
    }
}
