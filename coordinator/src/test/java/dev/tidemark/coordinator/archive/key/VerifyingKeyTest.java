package dev.tidemark.coordinator.archive.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VerifyingKeyTest {
    private static final int SIGNATURE_BYTES = 64;
    private static final BigInteger GROUP_ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private final SigningKey signingKey = SigningKey.generate(new Random(1));
    private final VerifyingKey key = signingKey.verifyingKey();
    private final byte[] message = "what was signed".getBytes(StandardCharsets.UTF_8);
    private final byte[] signature = signingKey.sign(message);

    @Test
    @DisplayName("Both checks accept what the key has signed, of any length")
    void signed() {
        for (int length : new int[] {0, 1, 127, 128, 3_000}) {
            byte[] sample = new byte[length];
            byte[] signed = signingKey.sign(sample);

            assertThat(key.verifyByProvider(sample, signed)).isTrue();
            assertThat(key.verifyInBulk(sample, signed)).isTrue();
        }
    }

    @Test
    @DisplayName("Both checks refuse a signature with any bit changed, and another message")
    void changed() {
        for (int bit = 0; bit < SIGNATURE_BYTES * Byte.SIZE; bit++) {
            byte[] changed = signature.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));

            assertThat(key.verifyByProvider(message, changed)).as("bit %d", bit).isFalse();
            assertThat(key.verifyInBulk(message, changed)).as("bit %d", bit).isFalse();
        }
        byte[] other = "what was signee".getBytes(StandardCharsets.UTF_8);
        assertThat(key.verifyByProvider(other, signature)).isFalse();
        assertThat(key.verifyInBulk(other, signature)).isFalse();
    }

    @Test
    @DisplayName("Both checks refuse the second form of a signature, whose scalar is greater by the order of the group")
    void secondForm() {
        byte[] scalar = reversed(Arrays.copyOfRange(signature, SIGNATURE_BYTES / 2, SIGNATURE_BYTES));
        byte[] greater = reversed(new BigInteger(1, scalar).add(GROUP_ORDER).toByteArray());
        byte[] second = signature.clone();
        System.arraycopy(greater, 0, second, SIGNATURE_BYTES / 2, SIGNATURE_BYTES / 2);

        assertThat(second).isNotEqualTo(signature);
        assertThat(key.verifyByProvider(message, second)).isFalse();
        assertThat(key.verifyInBulk(message, second)).isFalse();
    }

    @Test
    @DisplayName("Both checks refuse a signature that is too short or too long")
    void length() {
        for (int length : new int[] {0, 1, SIGNATURE_BYTES - 1, SIGNATURE_BYTES + 1}) {
            byte[] cut = Arrays.copyOf(signature, length);

            assertThat(key.verifyByProvider(message, cut))
                    .as("%d bytes", length)
                    .isFalse();
            assertThat(key.verifyInBulk(message, cut)).as("%d bytes", length).isFalse();
        }
    }

    @Test
    @DisplayName("After hundreds of checks the next ones still tell good from bad")
    void many() {
        for (int i = 0; i < 600; i++) {
            byte[] sample = {(byte) i, (byte) (i >> Byte.SIZE)};
            byte[] signed = signingKey.sign(sample);
            byte[] damaged = signed.clone();
            damaged[i % SIGNATURE_BYTES] ^= 1;

            assertThat(key.isValid(sample, signed)).as("message %d", i).isTrue();
            assertThat(key.isValid(sample, damaged)).as("message %d", i).isFalse();
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
