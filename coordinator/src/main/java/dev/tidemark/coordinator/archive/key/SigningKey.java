package dev.tidemark.coordinator.archive.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.random.RandomGenerator;

/** The Ed25519 key pair of an archive, which signs manifests. Thread-safe. */
public final class SigningKey {
    private final PrivateKey privateKey;
    private final VerifyingKey verifyingKey;

    private SigningKey(PrivateKey privateKey, VerifyingKey verifyingKey) {
        this.privateKey = privateKey;
        this.verifyingKey = verifyingKey;
    }

    /** Makes a key pair. */
    public static SigningKey generate(RandomGenerator random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(VerifyingKey.ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Source(random));
            KeyPair pair = generator.generateKeyPair();
            return new SigningKey(
                    pair.getPrivate(), VerifyingKey.of(pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    /**
     * Reads a pair back and checks that its halves belong together.
     *
     * @param pkcs8 what {@link #privateKey} returned
     * @throws GeneralSecurityException when it is not a private key or belongs to another public one
     */
    public static SigningKey of(byte[] pkcs8, VerifyingKey verifyingKey) throws GeneralSecurityException {
        PrivateKey privateKey =
                KeyFactory.getInstance(VerifyingKey.ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        SigningKey key = new SigningKey(privateKey, verifyingKey);
        byte[] sample = {1};
        if (!verifyingKey.isValid(sample, key.sign(sample))) {
            throw new GeneralSecurityException("the private key does not belong to the public key");
        }
        return key;
    }

    /** Returns the public half. */
    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /** Returns the private half in PKCS #8, to be wrapped. */
    public byte[] privateKey() {
        return privateKey.getEncoded();
    }

    /** Signs; returns 64 bytes. Equal messages have equal signatures. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(VerifyingKey.ALGORITHM);
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 failed", e);
        }
    }

    /** Prints the public half's id. */
    @Override
    public String toString() {
        return "SigningKey[" + verifyingKey.id() + "]";
    }

    /** Lets the JDK's generator take its randomness from the injected source. */
    private static final class Source extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final transient RandomGenerator random;

        Source(RandomGenerator random) {
            super(null, null);
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
