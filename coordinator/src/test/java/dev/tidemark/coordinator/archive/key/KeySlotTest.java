package dev.tidemark.coordinator.archive.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySlotTest {
    private static final ObjectId ARCHIVE = new ObjectId(1, 2);

    private final Random random = new Random(5);
    private final byte[] masterKey = randomBytes(32);

    @Test
    void open_rightPassphrase_givesTheMasterKey() {
        KeySlot slot = KeySlot.create(ARCHIVE, ArchiveKey.passphrase("tr\u00fcb".toCharArray()), masterKey, random);

        assertThat(slot.open(ArchiveKey.passphrase("tru\u0308b".toCharArray()))).contains(masterKey);
        assertThat(slot.open(ArchiveKey.passphrase("trub".toCharArray()))).isEmpty();
        assertThat(slot.iterations()).isEqualTo(210_000);
    }

    @Test
    void open_keyFile_givesTheMasterKeyForThisFileAlone() {
        byte[] file = randomBytes(64);
        KeySlot slot = KeySlot.create(ARCHIVE, ArchiveKey.keyFile(file), masterKey, random);

        assertThat(slot.open(ArchiveKey.keyFile(file))).contains(masterKey);
        assertThat(slot.open(ArchiveKey.keyFile(randomBytes(64)))).isEmpty();
        assertThat(slot.open(ArchiveKey.passphrase("x".toCharArray()))).isEmpty();
    }

    @Test
    void open_slotMovedToAnotherArchive_doesNotOpen() {
        byte[] file = randomBytes(32);
        KeySlot slot = KeySlot.create(ARCHIVE, ArchiveKey.keyFile(file), masterKey, random);
        KeySlot moved = new KeySlot(
                slot.format(),
                new ObjectId(3, 4).toString(),
                slot.slot(),
                slot.kind(),
                slot.iterations(),
                slot.salt(),
                slot.masterKey());

        assertThat(moved.open(ArchiveKey.keyFile(file))).isEmpty();
    }

    @Test
    void constructor_iterationsOutOfRange_isRefused() {
        KeySlot slot = KeySlot.create(ARCHIVE, ArchiveKey.keyFile(randomBytes(32)), masterKey, random);

        for (int iterations : new int[] {-1, 0, 1, 209_999, 10_000_001, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new KeySlot(
                            1,
                            slot.archiveId(),
                            slot.slot(),
                            KeySlot.PASSPHRASE,
                            iterations,
                            slot.salt(),
                            slot.masterKey()));
        }
    }

    @Test
    void toString_anyKey_hasNoSecret() {
        ArchiveKey key = ArchiveKey.passphrase("open sesame".toCharArray());

        assertThat(key.toString()).isEqualTo("ArchiveKey[PASSPHRASE]");
        assertThat(KeySlot.create(ARCHIVE, key, masterKey, random).toString()).doesNotContain("=");
    }

    @Test
    void constructor_shortKeyFile_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ArchiveKey.keyFile(new byte[31]));
        assertThatIllegalArgumentException().isThrownBy(() -> ArchiveKey.passphrase(new char[0]));
    }

    @Test
    void signingKey_wrappedAndReadBack_signsTheSame() throws Exception {
        SigningKey key = SigningKey.generate(random);
        SigningKey again = SigningKey.of(
                key.privateKey(), VerifyingKey.of(key.verifyingKey().encoded()));
        byte[] message = randomBytes(100);

        assertThat(again.sign(message)).isEqualTo(key.sign(message)).hasSize(64);
        assertThat(key.verifyingKey().isValid(message, again.sign(message))).isTrue();
        message[3] ^= 1;
        assertThat(key.verifyingKey().isValid(message, again.sign(randomBytes(100))))
                .isFalse();
        assertThat(key.verifyingKey().isValid(message, new byte[3])).isFalse();
    }

    @Test
    void isValid_askedAgain_saysTheSame() throws Exception {
        SigningKey key = SigningKey.generate(random);
        byte[] message = randomBytes(20);
        byte[] signature = key.sign(message);
        byte[] wrong = signature.clone();
        wrong[40] ^= 1;

        for (int i = 0; i < 2; i++) {
            assertThat(key.verifyingKey().isValid(message, signature)).isTrue();
            assertThat(key.verifyingKey().isValid(message, wrong)).isFalse();
            assertThat(key.verifyingKey().isValid(randomBytes(20), signature)).isFalse();
            assertThat(SigningKey.generate(random).verifyingKey().isValid(message, signature))
                    .isFalse();
        }
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
