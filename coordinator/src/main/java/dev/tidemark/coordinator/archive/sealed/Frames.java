package dev.tidemark.coordinator.archive.sealed;

import dev.tidemark.coordinator.archive.format.FormatErrors;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM in frames of 64 KiB under a key that is used for one object.
 *
 * <p>Each frame but the last holds 65,536 bytes of plaintext, the last 0..65,536 (0 only when it is the only one); behind the
 * ciphertext stands the tag of 16 bytes. The nonce is the frame's number, from 0, as 12 bytes big-endian; the additional data
 * is that of the object followed by the frame's number as 8 bytes and a byte that is 1 for the last frame. So a frame that is
 * changed, moved, left out or cut off at the end is found. Larger frames would fall off the JDK's fast path: HotSpot's
 * intrinsic for GCM is not entered in the middle of a long call.
 */
final class Frames {
    static final int PLAINTEXT_BYTES = 64 << 10;
    static final int TAG_BYTES = 16;

    private static final int FRAME_BYTES = PLAINTEXT_BYTES + TAG_BYTES;
    private static final int NONCE_BYTES = 12;

    /**
     * A frame is encrypted in steps of this length. The JDK compiles its cipher after some thousand calls, and is twenty times
     * slower before; with one call for each frame that would take hundreds of MiB.
     */
    private static final int STEP_BYTES = 4 << 10;

    private Frames() {}

    /** Returns the length of the frames for a plaintext. */
    static int sealedLength(int plaintextLength) {
        return plaintextLength + count(plaintextLength, PLAINTEXT_BYTES) * TAG_BYTES;
    }

    /**
     * Writes the frames from the target's position on.
     *
     * @param plaintext begins with the plaintext
     * @param length length of the plaintext
     * @param target has an array
     */
    static void seal(byte[] key, byte[] additionalData, byte[] plaintext, int length, ByteBuffer target) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            SecretKeySpec secretKey = new SecretKeySpec(key, "AES");
            int count = count(length, PLAINTEXT_BYTES);
            for (int frame = 0; frame < count; frame++) {
                int offset = frame * PLAINTEXT_BYTES;
                start(cipher, Cipher.ENCRYPT_MODE, secretKey, additionalData, frame, frame == count - 1);
                sealFrame(cipher, plaintext, offset, Math.min(PLAINTEXT_BYTES, length - offset), target);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    private static void sealFrame(Cipher cipher, byte[] plaintext, int offset, int length, ByteBuffer target)
            throws GeneralSecurityException {
        int from = offset;
        int left = length;
        int to = target.arrayOffset() + target.position();
        while (left > STEP_BYTES) {
            to += cipher.update(plaintext, from, STEP_BYTES, target.array(), to);
            from += STEP_BYTES;
            left -= STEP_BYTES;
        }
        to += cipher.doFinal(plaintext, from, left, target.array(), to);
        target.position(to - target.arrayOffset());
    }

    /**
     * Opens the frames that fill the buffer from position to limit.
     *
     * @param plaintext where the plaintext goes, from the position on; with as much room as the frames take
     * @param object its name, for messages
     * @return length of the plaintext
     */
    static int open(byte[] key, byte[] additionalData, ByteBuffer sealed, ByteBuffer plaintext, String object) {
        int total = sealed.remaining();
        int count = count(total, FRAME_BYTES);
        int lastLength = total - (count - 1) * FRAME_BYTES;
        if (lastLength < TAG_BYTES || (lastLength == TAG_BYTES && count > 1)) {
            throw FormatErrors.damaged(object, "it is cut off");
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            SecretKeySpec secretKey = new SecretKeySpec(key, "AES");
            for (int frame = 0; frame < count; frame++) {
                boolean isLast = frame == count - 1;
                start(cipher, Cipher.DECRYPT_MODE, secretKey, additionalData, frame, isLast);
                int length = isLast ? lastLength : FRAME_BYTES;
                ByteBuffer input = sealed.slice(sealed.position() + frame * FRAME_BYTES, length);
                cipher.doFinal(input, plaintext);
            }
        } catch (AEADBadTagException e) {
            throw FormatErrors.damaged(object, "its content was changed, or it belongs to another place", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
        return total - count * TAG_BYTES;
    }

    private static int count(int length, int frameLength) {
        return Math.max(1, (int) (((long) length + frameLength - 1) / frameLength));
    }

    private static void start(
            Cipher cipher, int mode, SecretKeySpec key, byte[] additionalData, int frame, boolean isLast)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(frame).array();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(additionalData);
        cipher.updateAAD(ByteBuffer.allocate(Long.BYTES + 1)
                .putLong(frame)
                .put((byte) (isLast ? 1 : 0))
                .flip());
    }
}
