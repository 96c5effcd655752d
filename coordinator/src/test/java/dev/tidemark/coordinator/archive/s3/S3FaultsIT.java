package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.PendingUploads;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.coordinator.archive.retry.Retries;
import dev.tidemark.coordinator.archive.retry.RetryCounts;
import dev.tidemark.coordinator.archive.retry.RetrySeams;
import dev.tidemark.coordinator.archive.retry.RetrySettings;
import dev.tidemark.coordinator.archive.retry.RetryingObjectStore;
import dev.tidemark.coordinator.archive.s3.server.Fault;
import dev.tidemark.coordinator.archive.s3.server.FaultProxy;
import dev.tidemark.coordinator.archive.s3.server.HttpMessage;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What networks and stores do on bad days, against S3Proxy behind a {@link FaultProxy}. */
class S3FaultsIT {
    private static final RetrySettings SETTINGS = new RetrySettings(6, Duration.ofSeconds(30), Duration.ofMillis(5));
    private static final RetrySeams SEAMS = new RetrySeams(MonotonicClock.system(), Sleeper.system(), new Random(1));
    private static final int PART_BYTES = S3Writing.MIN_PART_BYTES;
    private static final ObjectKey KEY = new ObjectKey("packs/1");

    @TempDir
    private Path directory;

    private FaultProxy proxy;
    private String bucket;
    private S3ObjectStore plain;
    private RetryingObjectStore store;

    @BeforeEach
    void open() throws IOException {
        URI server = S3Server.shared(S3Software.S3PROXY).endpoint();
        bucket = S3Fixture.createBucket(server);
        proxy = FaultProxy.start(server);
        plain = S3Fixture.open(connection(proxy.endpoint(), Duration.ofSeconds(1)), bucket, S3Fixture.PLAIN);
        store = retrying(plain);
    }

    @AfterEach
    void close() throws IOException {
        plain.close();
        proxy.close();
    }

    /** E1, E2, E3, E10: each fault by itself, once to each kind of request. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {
                "INTERNAL_ERROR",
                "LATE_INTERNAL_ERROR",
                "SLOW_DOWN",
                "HANG",
                "LOST_RESPONSE",
                "TRUNCATED_RESPONSE",
                "SHORT_RESPONSE",
                "TRUNCATED_REQUEST",
                "BIT_FLIP",
                "REQUEST_BIT_FLIP",
                "RESET"
            })
    void everyMethod_oneFault_succeedsAllTheSame(Fault fault) {
        byte[] content = random(100_000);

        proxy.next(fault, HttpMessage::isUpload);
        store.create(KEY, ByteBuffer.wrap(content));
        proxy.next(fault, HttpMessage::isObjectRead);
        assertThat(store.read(KEY)).isEqualTo(content);
        proxy.next(fault, request -> "HEAD".equals(request.method()));
        assertThat(store.head(KEY)).contains(new ObjectInfo(KEY, content.length));
        proxy.next(fault, HttpMessage::isListing);
        assertThat(store.list("", "", 10)).containsExactly(new ObjectInfo(KEY, content.length));
        proxy.next(fault, request -> "DELETE".equals(request.method()));
        store.delete(KEY);
        proxy.calm();

        assertThat(store.head(KEY)).isEmpty();
        assertThat(store.counts().rescued()).isPositive();
        assertThat(store.counts().givenUp()).isZero();
    }

    /** E2: the object is there, its creator was not told, and somebody else has the name. */
    @Test
    void create_answerLost_isItsOwnAndNobodyElses() {
        proxy.next(Fault.LOST_RESPONSE, HttpMessage::isUpload);
        store.create(KEY, bytes("ours"));

        proxy.next(Fault.LOST_RESPONSE, HttpMessage::isUpload);
        assertCode(ErrorCode.OBJECT_EXISTS, () -> store.create(KEY, bytes("theirs")));
        assertThat(store.read(KEY)).isEqualTo("ours".getBytes(StandardCharsets.UTF_8));
    }

    /** E3: half of an object, or one with a bit that has turned over, never becomes an object. */
    @Test
    void create_bodyDamagedOnItsWay_leavesNothing() {
        for (ChecksumMode mode : ChecksumMode.values()) {
            S3Writing writing =
                    new S3Writing(mode, "", S3Fixture.PLAIN.encryption(), null, S3Fixture.PLAIN.multipart());
            try (S3ObjectStore other =
                    S3Fixture.open(connection(proxy.endpoint(), Duration.ofSeconds(1)), bucket, writing)) {
                for (Fault fault : List.of(Fault.TRUNCATED_REQUEST, Fault.REQUEST_BIT_FLIP)) {
                    proxy.next(fault, HttpMessage::isUpload);
                    assertPassing(() -> other.create(KEY, ByteBuffer.wrap(random(300_000))));
                    assertThat(other.head(KEY)).as(mode + " " + fault).isEmpty();
                }
            }
        }
    }

    /** E3: a body that ends early, in order or not. */
    @Test
    void read_bodyCutOff_isNeverShort() {
        byte[] content = random(300_000);
        plain.create(KEY, ByteBuffer.wrap(content));

        for (Fault fault : List.of(Fault.TRUNCATED_RESPONSE, Fault.SHORT_RESPONSE)) {
            proxy.next(fault, HttpMessage::isObjectRead);
            assertPassing(() -> plain.read(KEY));
            proxy.next(fault, HttpMessage::isObjectRead);
            assertPassing(() -> plain.read(KEY, 1000, 200_000));
        }
        assertThat(plain.read(KEY, 1000, 200_000)).isEqualTo(Arrays.copyOfRange(content, 1000, 201_000));
    }

    /** E4: a part fails, the abort fails too: there is no object, and what is left is found. */
    @Test
    void createOrConfirm_partAndAbortFail_leavesAnUploadThatIsFound() {
        proxy.next(Fault.RESET, request -> request.target().contains("partNumber=2"));
        proxy.next(Fault.INTERNAL_ERROR, request -> "DELETE".equals(request.method()));
        try (S3ObjectStore parts = inParts()) {
            assertPassing(() -> parts.createOrConfirm(KEY, ByteBuffer.wrap(random(3 * PART_BYTES))));

            assertThat(parts.head(KEY)).isEmpty();
            PendingUploads uploads = parts.pendingUploads().orElseThrow();
            List<PendingUploads.PendingUpload> left =
                    uploads.startedBefore("", Instant.now().plus(Duration.ofHours(1)));
            assertThat(left).extracting(PendingUploads.PendingUpload::key).containsExactly(KEY);
            uploads.abort(left.get(0));
            assertThat(uploads.startedBefore("", Instant.now().plus(Duration.ofHours(1))))
                    .isEmpty();
        }
    }

    /** E4: a part fails and the abort succeeds: nothing is left. */
    @Test
    void createOrConfirm_partFails_leavesNothing() {
        proxy.next(Fault.INTERNAL_ERROR, request -> request.target().contains("partNumber=3"));
        try (S3ObjectStore parts = inParts()) {
            assertPassing(() -> parts.createOrConfirm(KEY, ByteBuffer.wrap(random(3 * PART_BYTES))));

            assertThat(parts.pendingUploads()
                            .orElseThrow()
                            .startedBefore("", Instant.now().plus(Duration.ofHours(1))))
                    .isEmpty();
        }
    }

    /** E4: the completion answers 200 with an error in it; E2: the completion succeeds and its answer is lost. */
    @Test
    void createOrConfirm_completionFailsInEveryWay_succeedsInTheEnd() {
        byte[] content = random(2 * PART_BYTES + 1);
        int number = 0;
        for (Fault fault :
                List.of(Fault.COMPLETE_ERROR, Fault.LOST_RESPONSE, Fault.LATE_INTERNAL_ERROR, Fault.INTERNAL_ERROR)) {
            ObjectKey key = new ObjectKey("packs/" + number++);
            proxy.next(fault, HttpMessage::isCompletion);
            try (S3ObjectStore parts = inParts()) {
                RetryingObjectStore retrying = retrying(parts);
                retrying.createOrConfirm(key, ByteBuffer.wrap(content));

                assertThat(retrying.read(key)).as(fault.name()).isEqualTo(content);
                assertThat(retrying.counts().givenUp()).isZero();
            }
            assertThat(proxy.provoked()).containsKey(fault);
        }
        proxy.next(Fault.COMPLETE_ERROR, HttpMessage::isCompletion);
        try (S3ObjectStore parts = inParts()) {
            assertPassing(() -> parts.createOrConfirm(new ObjectKey("packs/x"), ByteBuffer.wrap(content)));
        }
    }

    /** E4: the requests of one upload fail one after the other; the upload is not begun anew, and nothing is left of it. */
    @Test
    void createOrConfirm_everyRequestOfTheUploadFailsOnce_eachIsTriedAgainByItself() {
        byte[] content = random(3 * PART_BYTES);
        Retries retries = new Retries(SETTINGS, SEAMS);
        proxy.next(Fault.INTERNAL_ERROR, request -> "HEAD".equals(request.method()));
        proxy.next(Fault.RESET, request -> request.target().contains("partNumber=1"));
        proxy.next(Fault.INTERNAL_ERROR, request -> request.target().contains("partNumber=2"));
        proxy.next(Fault.LOST_RESPONSE, request -> request.target().contains("partNumber=3"));
        proxy.next(Fault.COMPLETE_ERROR, HttpMessage::isCompletion);
        try (S3ObjectStore parts = inParts(retries)) {
            parts.createOrConfirm(KEY, ByteBuffer.wrap(content));

            assertThat(parts.read(KEY)).isEqualTo(content);
            assertThat(retries.counts().retries()).isEqualTo(5);
            assertThat(parts.pendingUploads()
                            .orElseThrow()
                            .startedBefore("", Instant.now().plus(Duration.ofHours(1))))
                    .isEmpty();
        }
    }

    /** E6: a page with a key twice, or without its end, is no page; one without the newest key can't be told from a right one. */
    @Test
    void list_inconsistent_isAskedForAgain() {
        for (int i = 0; i < 5; i++) {
            plain.create(new ObjectKey("n/" + i), bytes("x"));
        }

        proxy.next(Fault.LIST_DUPLICATED_KEYS, HttpMessage::isListing);
        assertPassing(() -> plain.list("", "", 10));
        proxy.next(Fault.LIST_CUT_OFF, HttpMessage::isListing);
        assertPassing(() -> plain.list("", "", 10));
        proxy.next(Fault.LIST_DUPLICATED_KEYS, HttpMessage::isListing);
        proxy.next(Fault.LIST_CUT_OFF, HttpMessage::isListing);
        assertThat(store.list("", "", 10)).hasSize(5);
        proxy.next(Fault.LIST_MISSING_KEYS, HttpMessage::isListing);
        assertThat(store.list("", "", 10)).hasSize(4);
        assertThat(store.head(new ObjectKey("n/4"))).isPresent();
    }

    /** E8: credentials that expire in the middle end the call at once, with what to do. */
    @Test
    void create_credentialsExpired_isDeniedWithoutRetry() {
        proxy.next(Fault.EXPIRED_TOKEN, HttpMessage::isUpload);

        assertThatThrownBy(() -> store.create(KEY, bytes("x")))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_ACCESS_DENIED);
                    assertThat(e).hasMessageContaining("ExpiredToken");
                    assertThat(e.hint()).startsWith("Renew");
                });
        assertThat(store.counts()).isEqualTo(new RetryCounts(0, 0, 0));
        store.create(KEY, bytes("x"));
    }

    /** E8, E9, E11, E13: what a store refuses for good ends the call at once, with the store's words and what to do. */
    @ParameterizedTest
    @CsvSource({
        "ACCESS_DENIED, ARCHIVE_ACCESS_DENIED, AccessDenied, Grant",
        "SKEWED_CLOCK, ARCHIVE_ACCESS_DENIED, RequestTimeTooSkewed, clock",
        "WRONG_REGION, INVALID_CONFIGURATION, eu-west-9, region: eu-west-9",
        "QUOTA_FULL, DISK_FULL, QuotaExceeded, quota",
        "LOCKED, OBJECT_LOCKED, object lock, lock has ended",
        "CONDITION_UNKNOWN, ARCHIVE_TOO_WEAK, NotImplemented, docs/s3.rst"
    })
    void anything_refusedForGood_isNotTriedAgain(Fault fault, ErrorCode code, String problem, String hint) {
        proxy.times(3, fault, request -> true);

        for (ThrowableAssert.ThrowingCallable call : List.<ThrowableAssert.ThrowingCallable>of(
                () -> store.create(KEY, bytes("x")), () -> store.delete(KEY), () -> store.list("", "", 1))) {
            assertThatThrownBy(call).isInstanceOfSatisfying(CoordinatorException.class, e -> {
                assertThat(e.code()).isEqualTo(code);
                assertThat(e).hasMessageContaining(problem).hasMessageContaining("s3://" + bucket);
                assertThat(e.hint()).contains(hint);
                assertThat(e.getMessage()).doesNotContain(S3Server.SECRET_KEY, S3Server.ACCESS_KEY);
            });
        }
        assertThat(store.counts()).isEqualTo(new RetryCounts(0, 0, 0));
    }

    /** E10: what comes at a trickle is given up in bounded time; what is slow and fast enough is waited for. */
    @Test
    void read_slowStore_isBoundedByTheTimeOfARequest() {
        byte[] content = random(200_000);
        plain.create(KEY, ByteBuffer.wrap(content));
        try (S3ObjectStore hasty = S3Fixture.open(
                new S3Connection(
                        proxy.endpoint(),
                        S3Server.REGION,
                        S3Connection.Addressing.PATH,
                        new S3Credentials.KeyPair(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, ""),
                        null,
                        null,
                        new S3Connection.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                        4),
                bucket,
                S3Fixture.PLAIN)) {
            proxy.slow(1000);
            assertThatThrownBy(() -> hasty.read(KEY))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(TransientFailure.of(e))
                            .isPresent())
                    .hasMessageContaining("bytes came in 1 s");
        }
        proxy.slow(1_000_000);
        assertThat(plain.read(KEY)).isEqualTo(content);
    }

    /** E10: a connection that is reset again and again. */
    @Test
    void read_connectionResetAllTheTime_succeeds() {
        byte[] content = random(1_000_000);
        store.create(KEY, ByteBuffer.wrap(content));
        proxy.resetEvery(1_500_000);

        for (int i = 0; i < 6; i++) {
            assertThat(store.read(KEY)).isEqualTo(content);
        }

        assertThat(store.counts().retries()).isBetween(2L, 8L);
    }

    /** E9: no rights to write, and no room. The store's own words are in the error. */
    @Test
    void create_directoryOfTheBucketGone_isAClearError() throws IOException {
        try (S3ObjectStore nowhere = S3Fixture.open(
                connection(proxy.endpoint(), Duration.ofSeconds(1)), "gone-" + bucket, S3Fixture.PLAIN)) {
            assertThatThrownBy(() -> retrying(nowhere).create(KEY, bytes("x")))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.ARCHIVE_NOT_FOUND))
                    .hasMessageContaining("there is no bucket 'gone-" + bucket + "'");
        }
    }

    /** E12: the server is gone for good: one error in bounded time, and what follows does not wait again. */
    @Test
    void anything_serverKilled_isOneErrorAndThenFast() throws IOException {
        try (S3Server server = S3Server.start(S3Software.S3PROXY, Files.createDirectories(directory.resolve("s")))) {
            String own = S3Fixture.createBucket(server.endpoint());
            try (S3ObjectStore direct =
                    S3Fixture.open(connection(server.endpoint(), Duration.ofSeconds(1)), own, S3Fixture.PLAIN)) {
                RetryingObjectStore retrying = retrying(direct);
                retrying.create(KEY, bytes("x"));
                server.pause();
                assertThatThrownBy(() -> direct.read(KEY))
                        .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE));
                server.resume();
                server.kill();

                assertThatThrownBy(() -> retrying.read(KEY))
                        .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE))
                        .hasMessageContaining("(6 attempts in");
                long retries = retrying.counts().retries();
                assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> retrying.head(KEY));
                assertThat(retrying.counts().retries()).isEqualTo(retries);

                server.launch();
                assertThat(retrying.read(KEY)).containsExactly('x');
            }
        }
    }

    /** E1, E2, E3, E6, E10: a third of all requests fail, in every way that can pass. */
    @Test
    void everything_aThirdOfAllRequestsFail_isRightInTheEnd() {
        Random random = new Random(5);
        List<byte[]> contents = new ArrayList<>();
        proxy.atRandom(11, 0.3, Fault.PASSING);

        for (int i = 0; i < 60; i++) {
            byte[] content = random(1 + random.nextInt(50_000));
            contents.add(content);
            store.create(new ObjectKey("many/" + (100 + i)), ByteBuffer.wrap(content));
        }
        List<ObjectInfo> listed = Stream.of("many/10", "many/11", "many/12", "many/13", "many/14", "many/15")
                .flatMap(prefix -> store.list(prefix, "", 1000).stream())
                .toList();

        assertThat(listed).hasSize(60);
        for (int i = 0; i < 60; i++) {
            assertThat(store.read(listed.get(i).key())).isEqualTo(contents.get(i));
        }
        assertThat(store.counts().givenUp()).isZero();
        assertThat(store.counts().retries()).isGreaterThan(30);
    }

    private S3ObjectStore inParts() {
        return inParts(Retries.none());
    }

    private S3ObjectStore inParts(Retries retries) {
        S3Connection connection = connection(proxy.endpoint(), Duration.ofSeconds(5));
        return S3ObjectStore.open(
                new S3Place(bucket, "tide/mark/", ""),
                connection,
                new S3Writing(
                        ChecksumMode.SDK,
                        "",
                        S3Fixture.PLAIN.encryption(),
                        null,
                        new S3Writing.Multipart(PART_BYTES, PART_BYTES, 1)),
                new S3Seams(InstantSource.system(), MonotonicClock.system(), Runnable::run, retries));
    }

    private static S3Connection connection(URI endpoint, Duration idle) {
        return new S3Connection(
                endpoint,
                S3Server.REGION,
                S3Connection.Addressing.PATH,
                new S3Credentials.KeyPair(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, ""),
                null,
                null,
                new S3Connection.Timeouts(Duration.ofSeconds(2), idle, Duration.ofSeconds(30)),
                8);
    }

    private static RetryingObjectStore retrying(S3ObjectStore store) {
        return new RetryingObjectStore(store, SETTINGS, SEAMS);
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertPassing(ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(TransientFailure.of(e))
                        .as(e.getMessage())
                        .isPresent());
    }

    private static void assertCode(ErrorCode code, ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
