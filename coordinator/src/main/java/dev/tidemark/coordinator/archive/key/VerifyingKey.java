package dev.tidemark.coordinator.archive.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** The public half of an archive's key pair: verifies signatures. Thread-safe. */
public final class VerifyingKey {
    static final String ALGORITHM = "Ed25519";
    private static final int ID_BYTES = 8;

    private final byte[] encoded;
    private final PublicKey publicKey;

    private VerifyingKey(byte[] encoded, PublicKey publicKey) {
        this.encoded = encoded;
        this.publicKey = publicKey;
    }

    /**
     * Reads a public key.
     *
     * @param encoded X.509 SubjectPublicKeyInfo in DER, 44 bytes
     * @throws GeneralSecurityException when it is something else
     */
    public static VerifyingKey of(byte[] encoded) throws GeneralSecurityException {
        PublicKey publicKey = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
        return new VerifyingKey(encoded.clone(), publicKey);
    }

    /** Returns the encoded key. */
    public byte[] encoded() {
        return encoded.clone();
    }

    /** Returns the first 8 bytes of the SHA-256 of the encoded key, as 16 lower-case hexadecimal digits. */
    public String id() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(encoded);
            return HexFormat.of().formatHex(Arrays.copyOf(hash, ID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Tells whether the signature is this key's over the message. */
    public boolean isValid(byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(publicKey);
            signature.update(message);
            return signature.verify(signed);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 failed", e);
        }
    }

    @Override
    public String toString() {
        return "VerifyingKey[" + id() + "]";
    }
}
