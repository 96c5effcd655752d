package dev.tidemark.coordinator.archive.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySlotTest {
    private static final ObjectId ARCHIVE = new ObjectId(1, 2);
    private static final Instant NOW = Instant.parse("2026-11-05T10:15:30Z");

    private final Random random = new Random(5);
    private final byte[] masterKey = randomBytes(32);
    private final byte[] writerKey = randomBytes(32);
    private final SlotSecrets writer = SlotSecrets.writer(masterKey, writerKey);

    @Test
    void open_rightPassphrase_givesTheSecrets() {
        KeySlot slot = create(ArchiveKey.passphrase("tr\u00fcb".toCharArray()), writer);

        SlotSecrets opened =
                slot.open(ArchiveKey.passphrase("tru\u0308b".toCharArray())).orElseThrow();

        assertThat(opened.masterKey()).isEqualTo(masterKey);
        assertThat(opened.writerKey()).contains(writerKey);
        assertThat(slot.open(ArchiveKey.passphrase("trub".toCharArray()))).isEmpty();
        assertThat(slot.iterations()).isEqualTo(210_000);
    }

    @Test
    void open_keyFile_givesTheSecretsForThisFileAlone() {
        byte[] file = randomBytes(64);
        KeySlot slot = create(ArchiveKey.keyFile(file), writer);

        assertThat(slot.open(ArchiveKey.keyFile(file)).orElseThrow().masterKey())
                .isEqualTo(masterKey);
        assertThat(slot.open(ArchiveKey.keyFile(randomBytes(64)))).isEmpty();
        assertThat(slot.open(ArchiveKey.passphrase("x".toCharArray()))).isEmpty();
    }

    @Test
    void open_slotOfAReader_hasNoWriterKey() {
        ArchiveKey key = ArchiveKey.keyFile(randomBytes(64));
        KeySlot slot = create(key, SlotSecrets.reader(masterKey));

        SlotSecrets opened = slot.open(key).orElseThrow();

        assertThat(opened.role()).isEqualTo(Role.READER);
        assertThat(opened.masterKey()).isEqualTo(masterKey);
        assertThat(opened.writerKey()).isEmpty();
    }

    @Test
    void open_anyFieldOfAnotherSlot_doesNotOpen() {
        ArchiveKey key = ArchiveKey.keyFile(randomBytes(32));
        KeySlot slot = create(key, SlotSecrets.reader(masterKey));

        List<KeySlot> changed = List.of(
                with(slot, new ObjectId(3, 4).toString(), slot.slot(), "label", Role.READER.word(), slot.createdAt()),
                with(slot, slot.archiveId(), new ObjectId(3, 4).toString(), "label", Role.READER.word(), NOW),
                with(slot, slot.archiveId(), slot.slot(), "other", Role.READER.word(), NOW),
                with(slot, slot.archiveId(), slot.slot(), "label", Role.WRITER.word(), NOW),
                with(slot, slot.archiveId(), slot.slot(), "label", Role.READER.word(), NOW.plusSeconds(1)));

        assertThat(slot.open(key)).isPresent();
        assertThat(slot.isAuthentic(masterKey)).isTrue();
        assertThat(changed).allSatisfy(other -> {
            assertThat(other.open(key)).isEmpty();
            assertThat(other.isAuthentic(masterKey)).isFalse();
        });
    }

    @Test
    void constructor_iterationsOutOfRange_isRefused() {
        KeySlot slot = create(ArchiveKey.passphrase("x".toCharArray()), writer);

        for (int iterations : new int[] {-1, 0, 1, 209_999, 10_000_001, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new KeySlot(
                            1,
                            slot.archiveId(),
                            slot.slot(),
                            slot.label(),
                            slot.createdAt(),
                            slot.role(),
                            slot.kind(),
                            iterations,
                            slot.salt(),
                            "",
                            "",
                            slot.secret(),
                            slot.mac()));
        }
    }

    @Test
    void isLabel_controlCharactersBlanksAndLength_areRefused() {
        assertThat(List.of("a", "laptop of J\u00f6rg", "x".repeat(100))).allMatch(KeySlot::isLabel);
        assertThat(List.of("", " ", " a", "a\n", "\u001b[31m", "x".repeat(101))).noneMatch(KeySlot::isLabel);
    }

    @Test
    void toString_anyKey_hasNoSecret() {
        ArchiveKey key = ArchiveKey.passphrase("open sesame".toCharArray());

        assertThat(key.toString()).isEqualTo("ArchiveKey[PASSPHRASE]");
        assertThat(create(key, writer).toString()).doesNotContain("=");
        assertThat(writer.toString()).isEqualTo("SlotSecrets[writer]");
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

    private KeySlot create(ArchiveKey key, SlotSecrets secrets) {
        return KeySlot.create(ARCHIVE, key, "label", NOW, secrets, random);
    }

    private static KeySlot with(
            KeySlot slot, String archiveId, String id, String label, String role, Instant createdAt) {
        return new KeySlot(
                slot.format(),
                archiveId,
                id,
                label,
                createdAt,
                role,
                slot.kind(),
                slot.iterations(),
                slot.salt(),
                slot.serviceKey(),
                slot.serviceCiphertext(),
                slot.secret(),
                slot.mac());
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
