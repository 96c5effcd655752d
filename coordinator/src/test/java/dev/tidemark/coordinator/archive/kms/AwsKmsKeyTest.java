package dev.tidemark.coordinator.archive.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * H1: keys of AWS KMS, through the SDK's real client against {@link FakeKms}: there is no server of AWS KMS for tests. What is refused
 * is told apart: denied, disabled, going to be deleted, gone, not there.
 */
class AwsKmsKeyTest {
    private final FakeKms kms = new FakeKms();
    private final String arn = kms.createKey("1234abcd");
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @BeforeAll
    static void setCredentials() {
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    @AfterAll
    static void clearCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @BeforeEach
    void createArchive() {
        try (ArchiveKey key = key(arn)) {
            Archive.create(store, key, SampleArchive.seams(1)).createNamespace("orders");
        }
    }

    @AfterEach
    void close() {
        kms.close();
    }

    @Test
    void open_withTheKey_readsAndSigns() {
        Archive archive = open(arn);

        SampleArchive.backup(archive.namespace("orders"), "b-1", Map.of("f", new byte[] {7}));

        assertThat(archive.keys().list().slots().get(0).serviceKey()).isEqualTo(arn);
        String context = "{tidemark-archive=" + archive.id() + ", tidemark-slot="
                + archive.keys().list().slots().get(0).slot() + "}";
        assertThat(kms.calls()).contains("TrentService.Encrypt " + context, "TrentService.Decrypt " + context);
    }

    @Test
    void open_keyOfAnotherSlotAndPassphrase_eachFindsItsOwn() {
        String second = kms.createKey("second");
        Archive archive = open(arn);
        archive.keys().add(archive.keys().prepare(key(second), "second", Role.READER));
        archive.keys().add(archive.keys().prepare(SampleArchive.key(), "file", Role.READER));

        assertThat(open(second).signer().canSign()).isFalse();
        assertThat(open(arn).signer().canSign()).isTrue();
        assertThat(Archive.open(store, SampleArchive.key(), SampleArchive.seams(3))
                        .id())
                .isEqualTo(archive.id());
    }

    @Test
    void open_anotherKey_fitsNoSlot() {
        String other = kms.createKey("other");

        assertCode(ErrorCode.WRONG_KEY, () -> open(other));
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDeniedException, not authorized, KEY_ACCESS_DENIED",
        "ExpiredTokenException, expired, KEY_ACCESS_DENIED",
        "UnrecognizedClientException, invalid token, KEY_ACCESS_DENIED",
        "DisabledException, key is disabled, KEY_DISABLED",
        "KMSInvalidStateException, key is pending deletion, KEY_DESTROYED",
        "KMSInvalidStateException, key is pending import, KEY_UNAVAILABLE",
        "NotFoundException, key does not exist, KEY_DESTROYED",
        "InvalidKeyUsageException, key is for signing, INVALID_CONFIGURATION",
        "KMSInternalException, try again, KEY_UNAVAILABLE",
        "ThrottlingException, rate exceeded, KEY_UNAVAILABLE"
    })
    void open_keyServiceRefuses_saysWhy(String error, String message, ErrorCode code) {
        kms.refuse(arn, error, message);

        assertThatThrownBy(() -> open(arn)).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.getMessage()).contains(arn).contains(message);
            assertThat(e.hint()).isNotEmpty();
        });
        kms.allow(arn);
        open(arn);
    }

    @Test
    void open_keyServiceDoesNotAnswer_endsAfterTheTimeout() {
        kms.fallSilent();
        AwsKmsSettings impatient = new AwsKmsSettings(arn, "", kms.endpoint(), Duration.ofMillis(100), 2);

        try (ArchiveKey key = ArchiveKey.awsKms(AwsKmsKey.create(impatient))) {
            assertCode(ErrorCode.KEY_UNAVAILABLE, () -> Archive.open(store, key, SampleArchive.seams(2)));
        }
    }

    @Test
    void open_keyServiceNotThere_saysSo() {
        kms.close();

        assertCode(ErrorCode.KEY_UNAVAILABLE, () -> open(arn));
    }

    @Test
    void settings_regionOfTheArn_isTaken() {
        AwsKmsSettings settings = new AwsKmsSettings(arn, "", null, Duration.ofSeconds(1), 1);

        assertThat(settings.region()).isEqualTo("eu-central-1");
    }

    private Archive open(String keyArn) {
        try (ArchiveKey key = key(keyArn)) {
            return Archive.open(store, key, SampleArchive.seams(2));
        }
    }

    private ArchiveKey key(String keyArn) {
        return ArchiveKey.awsKms(
                AwsKmsKey.create(new AwsKmsSettings(keyArn, "", kms.endpoint(), Duration.ofSeconds(5), 2)));
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
