package dev.tidemark.coordinator.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PendingUploads;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OrphanedUploadsTest {
    private static final Instant NOW = Instant.parse("2026-11-05T10:00:00Z");
    private static final Duration GRACE = Duration.ofHours(24);

    private final Uploads uploads = new Uploads();
    private final NamespaceArchive archive = SampleArchive.create(uploads, "orders");
    private final List<String> remarks = new ArrayList<>();

    @Test
    void abort_uploadsOlderThanTheGrace_goAndTheOthersStay() {
        uploads.begin("ns/orders/packs/00/a", "old", NOW.minus(GRACE).minusSeconds(1));
        uploads.begin("ns/orders/packs/00/b", "young", NOW.minus(GRACE));
        uploads.begin("ns/other/packs/00/a", "foreign", NOW.minus(GRACE).minusSeconds(1));

        assertThat(orphaned().count()).isEqualTo(1);
        assertThat(abort()).isEqualTo(1);

        assertThat(uploads.pending).containsOnlyKeys("young", "foreign");
        assertThat(remarks).isEmpty();
        assertThat(abort()).isZero();
    }

    @Test
    void abort_moreThanAPage_takesThemAll() {
        for (int i = 0; i < 2_500; i++) {
            uploads.begin("ns/orders/packs/00/" + i, "upload-" + i, Instant.EPOCH);
        }

        assertThat(orphaned().count()).isEqualTo(PendingUploads.MAX_PAGE);
        assertThat(abort()).isEqualTo(2_500);
        assertThat(uploads.pending).isEmpty();
    }

    /** What the store still lists after it was told is not counted as gone. */
    @Test
    void abort_storeKeepsThem_isARemarkAndEnds() {
        uploads.begin("ns/orders/packs/00/a", "kept-1", Instant.EPOCH);
        uploads.begin("ns/orders/packs/00/b", "gone", Instant.EPOCH);

        assertThat(abort()).isEqualTo(1);

        assertThat(remarks).containsExactly("the store keeps 1 uploads that it was told to abort");
    }

    @Test
    void abort_noRightToLook_isARemark() {
        uploads.refusal = new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "no right to list uploads", "");

        assertThat(orphaned().count()).isZero();
        assertThat(abort()).isZero();

        assertThat(remarks).hasSize(1);
        assertThat(remarks.get(0)).contains("no right to list uploads");
    }

    @Test
    void abort_storeWithoutUploads_doesNothing() {
        NamespaceArchive plain = SampleArchive.create(new InMemoryObjectStore(), "orders");

        assertThat(new OrphanedUploads(plain, GRACE, NOW).count()).isZero();
        assertThat(new OrphanedUploads(plain, GRACE, NOW).abort(() -> {}, remarks::add))
                .isZero();
    }

    private long abort() {
        return orphaned().abort(() -> {}, remarks::add);
    }

    private OrphanedUploads orphaned() {
        return new OrphanedUploads(archive, GRACE, NOW);
    }

    /** A store with uploads; those whose id begins with {@code kept} outlive their end. */
    private static final class Uploads implements ObjectStore, PendingUploads {
        private final InMemoryObjectStore objects = new InMemoryObjectStore();
        private final TreeMap<String, PendingUpload> pending = new TreeMap<>();
        private CoordinatorException refusal;

        private void begin(String key, String id, Instant at) {
            pending.put(id, new PendingUpload(new ObjectKey(key), id, at));
        }

        @Override
        public Optional<PendingUploads> pendingUploads() {
            return Optional.of(this);
        }

        @Override
        public int thresholdBytes() {
            return 5 << 20;
        }

        @Override
        public List<PendingUpload> startedBefore(String prefix, Instant time) {
            if (refusal != null) {
                throw refusal;
            }
            return pending.values().stream()
                    .filter(upload -> upload.key().value().startsWith(prefix))
                    .filter(upload -> upload.startedAt().isBefore(time))
                    .limit(PendingUploads.MAX_PAGE)
                    .toList();
        }

        @Override
        public void abort(PendingUpload upload) {
            if (!upload.id().startsWith("kept")) {
                pending.remove(upload.id());
            }
        }

        @Override
        public void create(ObjectKey key, ByteBuffer content) {
            objects.create(key, content);
        }

        @Override
        public byte[] read(ObjectKey key) {
            return objects.read(key);
        }

        @Override
        public byte[] read(ObjectKey key, long offset, int length) {
            return objects.read(key, offset, length);
        }

        @Override
        public Optional<ObjectInfo> head(ObjectKey key) {
            return objects.head(key);
        }

        @Override
        public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
            return objects.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(ObjectKey key) {
            objects.delete(key);
        }

        @Override
        public String location() {
            return objects.location();
        }
    }
}
