package dev.tidemark.coordinator.archive.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {
    private static final ObjectId ARCHIVE = new ObjectId(1, 2);
    private static final int FRAME = 65_536 + 16;

    private final Random random = new Random(11);
    private final Sealer sealer = sealer(ARCHIVE, "orders");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 65_535, 65_536, 65_537, 131_072, 200_000})
    void open_whatWasSealed_isTheSame(int length) {
        byte[] plaintext = randomBytes(length);

        byte[] sealed = sealer.seal(ObjectType.INDEX, "a", plaintext);

        assertThat(sealed).hasSize(Sealer.sealedLength(length));
        assertThat(sealer.open(ObjectType.INDEX, "a", sealed)).isEqualTo(plaintext);
        byte[] chunk = sealer.sealChunk("a", plaintext);
        assertThat(chunk).hasSize(Sealer.sealedChunkLength(length));
        assertThat(sealer.openChunk("a", 1, ByteBuffer.wrap(chunk))).isEqualTo(plaintext);
    }

    @Test
    void seal_twice_isNeverTheSame() {
        byte[] plaintext = randomBytes(10);

        assertThat(sealer.seal(ObjectType.INDEX, "a", plaintext))
                .isNotEqualTo(sealer.seal(ObjectType.INDEX, "a", plaintext));
    }

    @Test
    void open_anyByteChanged_isFound() {
        byte[] sealed = sealer.seal(ObjectType.DOCUMENT, "a", randomBytes(300));

        for (int i = 0; i < sealed.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = sealed.clone();
                changed[i] ^= (byte) (1 << bit);

                assertThatThrownBy(() -> sealer.open(ObjectType.DOCUMENT, "a", changed))
                        .as("byte %d bit %d", i, bit)
                        .isInstanceOf(CoordinatorException.class);
            }
        }
    }

    @Test
    void open_cutOffAnywhere_isFound() {
        byte[] sealed = sealer.seal(ObjectType.DOCUMENT, "a", randomBytes(2 * 65_536 + 10));

        for (int length = 0; length < sealed.length; length += length % FRAME < 64 ? 1 : 997) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "a", cut));
        }
        assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "a", Arrays.copyOf(sealed, 28 + FRAME)));
        assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "a", Arrays.copyOf(sealed, 28 + 2 * FRAME)));
        assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "a", Arrays.copyOf(sealed, sealed.length + 1)));
    }

    @Test
    void open_framesSwapped_isFound() {
        byte[] sealed = sealer.seal(ObjectType.DOCUMENT, "a", randomBytes(3 * 65_536));
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, 28, swapped, 28 + FRAME, FRAME);
        System.arraycopy(sealed, 28 + FRAME, swapped, 28, FRAME);

        assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "a", swapped));
    }

    @Test
    void open_underAnotherNameTypeNamespaceOrArchive_isFound() {
        byte[] plaintext = randomBytes(50);
        byte[] sealed = sealer.seal(ObjectType.DOCUMENT, "a", plaintext);

        assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "b", sealed));
        assertDamaged(() -> sealer.open(ObjectType.INDEX, "a", sealed));
        assertDamaged(() -> sealer(ARCHIVE, "stock").open(ObjectType.DOCUMENT, "a", sealed));
        assertDamaged(() -> sealer(new ObjectId(9, 9), "orders").open(ObjectType.DOCUMENT, "a", sealed));
        byte[] otherType = sealed.clone();
        otherType[5] = (byte) ObjectType.INDEX.number();
        assertDamaged(() -> sealer.open(ObjectType.INDEX, "a", otherType));
    }

    @Test
    void open_laterVersion_isRefusedAsUnknown() {
        byte[] sealed = sealer.seal(ObjectType.DOCUMENT, "a", randomBytes(5));
        sealed[4] = 2;

        assertThatThrownBy(() -> sealer.open(ObjectType.DOCUMENT, "a", sealed))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.UNKNOWN_FORMAT_VERSION));
    }

    @Test
    void open_unknownKeyId_isFound() {
        byte[] sealed = sealer.seal(ObjectType.DOCUMENT, "a", randomBytes(5));
        sealed[11] = 7;

        assertDamaged(() -> sealer.open(ObjectType.DOCUMENT, "a", sealed));
    }

    private Sealer sealer(ObjectId archive, String namespace) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 9);
        return new Sealer(
                new DataKeys(
                        archive,
                        namespace,
                        key,
                        new TreeMap<>(Map.of(1, key)),
                        (keyId, object) -> FormatErrors.damaged(object, "it needs key " + keyId)),
                random);
    }

    private static void assertDamaged(ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.OBJECT_DAMAGED));
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
