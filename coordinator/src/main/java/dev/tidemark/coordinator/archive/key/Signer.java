package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;

/** The archive's key pair as far as the slot that the archive was opened with reaches: the public half always. Thread-safe. */
public final class Signer {
    private final VerifyingKey verifyingKey;
    private final SigningKey signingKey;

    private Signer(VerifyingKey verifyingKey, SigningKey signingKey) {
        this.verifyingKey = verifyingKey;
        this.signingKey = signingKey;
    }

    /** Returns one that can sign. */
    public static Signer of(SigningKey signingKey) {
        return new Signer(signingKey.verifyingKey(), signingKey);
    }

    /** Returns one that can't. */
    public static Signer readOnly(VerifyingKey verifyingKey) {
        return new Signer(verifyingKey, null);
    }

    /** Returns the public half. */
    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /** Tells whether there is a private half. */
    public boolean canSign() {
        return signingKey != null;
    }

    /**
     * Returns both halves. To be called before anything is written by whatever will sign in the end.
     *
     * @param what what is to be signed for, as it follows "to": {@code take a backup}
     * @throws CoordinatorException {@link ErrorCode#READ_ONLY_KEY} when there is no private half
     */
    public SigningKey require(String what) {
        if (signingKey == null) {
            throw new CoordinatorException(
                    ErrorCode.READ_ONLY_KEY,
                    "the key that opened the archive is a reader's (expected: a writer's, to " + what + ")",
                    "Use the key of a slot with the role 'writer'; 'tidemark archive key list' shows them.");
        }
        return signingKey;
    }

    @Override
    public String toString() {
        return "Signer[" + verifyingKey.id() + (canSign() ? "" : ", read only") + "]";
    }
}
