package dev.tidemark.coordinator.archive.object;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Finds out, before an archive is put there, whether a store keeps the promises of {@link ObjectStore}. Works on objects
 * under {@code probe/} and removes them. Reading what others say of a product does not replace it: several S3-compatible
 * servers accept a conditional creation and ignore the condition under race.
 */
public final class ObjectStoreProbe {
    private static final int ROUNDS = 8;
    private static final int MAX_READS = 3;
    private static final int RACERS = 8;
    private static final int MAX_SEGMENT_LENGTH = 200;

    private final ObjectStore store;
    private final Executor workers;
    private final String folder;

    /**
     * Creates a probe.
     *
     * @param workers runs the racing creations; on the calling thread they race with nobody
     * @param random names the folder of the probe
     */
    public ObjectStoreProbe(ObjectStore store, Executor workers, RandomGenerator random) {
        this.store = store;
        this.workers = workers;
        folder = "probe/" + new ObjectId(random.nextLong(), random.nextLong());
    }

    /**
     * Probes the store.
     *
     * @return the names of the checks that were passed, in order
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_TOO_WEAK} when a promise was broken
     */
    public List<String> run() {
        try {
            List<String> passed = new ArrayList<>();
            checkCreateOnce();
            passed.add("create-once");
            checkRace();
            passed.add("create-once-race");
            checkRead();
            passed.add("ranged-read");
            checkList();
            passed.add("list-after-create");
            checkKeys();
            passed.add("key-characters");
            checkDelete();
            passed.add("delete");
            if (store.pendingUploads().isPresent()) {
                checkUploadInParts(store.pendingUploads().get().thresholdBytes());
                passed.add("upload-in-parts");
            }
            if (store.locks().isPresent()) {
                checkLocks(store.locks().get());
                passed.add("object-lock");
            }
            return passed;
        } finally {
            store.forEach(folder + "/", info -> store.delete(info.key()));
        }
    }

    private void checkCreateOnce() {
        ObjectKey key = key("once");
        byte[] first = bytes("first");
        store.create(key, ByteBuffer.wrap(first));
        require(!tryCreate(key, "second"), "a second creation of one object was accepted");
        require(Arrays.equals(store.read(key), first), "a refused creation changed the object");
    }

    private void checkRace() {
        for (int round = 0; round < ROUNDS; round++) {
            ObjectKey key = key("race-" + round);
            AtomicInteger winners = new AtomicInteger();
            List<CompletableFuture<Void>> racers = new ArrayList<>();
            for (int racer = 0; racer < RACERS; racer++) {
                String content = "racer " + racer;
                racers.add(
                        CompletableFuture.runAsync(() -> winners.addAndGet(tryCreate(key, content) ? 1 : 0), workers));
            }
            join(racers);
            require(
                    winners.get() == 1,
                    "of " + RACERS + " concurrent creations of one object " + winners.get() + " were accepted");
        }
    }

    private void checkRead() {
        ObjectKey key = key("range");
        byte[] content = new byte[10_000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 / 7);
        }
        store.create(key, ByteBuffer.wrap(content));
        require(isRead(() -> store.read(key), content), "an object was not read as it was written");
        require(
                isRead(() -> store.read(key, 1234, 4321), Arrays.copyOfRange(content, 1234, 5555)),
                "a part of an object was not read as it was written");
        require(
                isRead(() -> store.read(key, 9_000, 5_000), Arrays.copyOfRange(content, 9_000, 10_000)),
                "the end of an object was not read as it was written");
        require(store.head(key).map(ObjectInfo::sizeBytes).equals(Optional.of(10_000L)), "a size is wrong");
    }

    /** Nothing says whether a part of an object was damaged on its way: a store that is good is so when it is asked again. */
    private static boolean isRead(Supplier<byte[]> read, byte[] expected) {
        for (int reads = 0; reads < MAX_READS; reads++) {
            if (Arrays.equals(read.get(), expected)) {
                return true;
            }
        }
        return false;
    }

    private void checkList() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ObjectKey key = key("list/" + i);
            store.create(key, ByteBuffer.wrap(bytes("x")));
            expected.add(key.value());
        }
        List<String> listed = new ArrayList<>();
        String last = "";
        for (int page = 0; page < 3; page++) {
            List<ObjectInfo> infos = store.list(folder + "/list/", last, 2);
            infos.forEach(info -> listed.add(info.key().value()));
            last = listed.isEmpty() ? "" : listed.get(listed.size() - 1);
        }
        store.list(folder + "/list/", folder + "/list/1a", 2)
                .forEach(info -> listed.add(info.key().value()));
        expected.addAll(expected.subList(2, 4));
        require(
                listed.equals(expected),
                "a listing did not show what was written: "
                        + listed.stream().map(ObjectStoreProbe::lastSegment).collect(Collectors.joining(",")));
    }

    /** Every character that a key can have, a segment of the greatest length, and keys that differ in nothing but case. */
    private void checkKeys() {
        List<String> names =
                List.of("=2E=2F", "A.b_C-d=EF", "a.b_c-d=ef", "b/" + "x".repeat(MAX_SEGMENT_LENGTH), "b/0123456789");
        List<String> expected = new ArrayList<>();
        for (String name : names) {
            ObjectKey key = key("keys/" + name);
            store.create(key, ByteBuffer.wrap(bytes(name)));
            expected.add(key.value());
        }
        Collections.sort(expected);
        List<String> listed = store.list(folder + "/keys/", "", ObjectStore.MAX_PAGE).stream()
                .map(info -> info.key().value())
                .toList();
        require(listed.equals(expected), "not every name of an object is listed as it was given");
        for (String name : names) {
            require(
                    Arrays.equals(store.read(key("keys/" + name)), bytes(name)),
                    "object 'keys/" + name + "' was not read as it was written");
        }
    }

    private void checkUploadInParts(int bytes) {
        if (bytes > ObjectStore.MAX_OBJECT_BYTES) {
            return;
        }
        ObjectKey key = key("parts");
        byte[] content = new byte[bytes];
        for (int i = 0; i < content.length; i += Long.BYTES) {
            content[i] = (byte) (i * 31 / 7);
        }
        store.createOrConfirm(key, ByteBuffer.wrap(content));
        require(Arrays.equals(store.read(key), content), "an object sent in parts was not read as it was written");
    }

    private void checkLocks(ObjectLocks locks) {
        ObjectKey key = key("locked");
        store.create(key, ByteBuffer.wrap(bytes("locked")));
        Optional<ObjectLocks.Lock> lock = locks.lock(key);
        require(lock.isPresent(), "an object that was created with a lock has none");
        locks.extend(key, lock.get().until().plusSeconds(1));
        require(
                locks.lock(key)
                        .filter(longer -> longer.until().isAfter(lock.get().until()))
                        .isPresent(),
                "the lock of an object could not be extended");
        require(locks.isEnforced(key), "an object was deleted although it was locked");
    }

    private void checkDelete() {
        ObjectKey key = key("once");
        store.delete(key);
        store.delete(key);
        store.delete(key("never"));
        require(store.head(key).isEmpty(), "a deleted object is still there");
        require(store.list(key.value(), "", 1).isEmpty(), "a deleted object is still listed");
    }

    private boolean tryCreate(ObjectKey key, String content) {
        try {
            store.create(key, ByteBuffer.wrap(bytes(content)));
            return true;
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_EXISTS) {
                return false;
            }
            throw e;
        }
    }

    private static void join(List<CompletableFuture<Void>> racers) {
        try {
            racers.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a probe failed", e);
        }
    }

    private void require(boolean isMet, String problem) {
        if (!isMet) {
            throw new CoordinatorException(
                    ErrorCode.ARCHIVE_TOO_WEAK,
                    "the store at '" + store.location() + "' can't hold an archive: " + problem,
                    "Use a store with atomic create-once and consistent listings.");
        }
    }

    private ObjectKey key(String name) {
        return new ObjectKey(folder + "/" + name);
    }

    private static String lastSegment(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
