package dev.tidemark.coordinator.simulation;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.SignatureSpi;

/**
 * Stands in for Ed25519 while worlds are simulated: a hash of the message, of the same length. No world forges manifests, and
 * the real signatures would take half of the time.
 */
final class FastSignatures extends Provider implements AutoCloseable {
    private static final long serialVersionUID = 1L;

    /** How many simulations run; guarded by the class. */
    private static int users;

    private FastSignatures() {
        super("FastSignatures", "1", "a hash in place of Ed25519, for simulations");
        put("Signature.Ed25519", Hash.class.getName());
    }

    /** Takes effect until all that were installed are closed: a world that changes its signatures in the middle falls apart. */
    static FastSignatures install() {
        synchronized (FastSignatures.class) {
            FastSignatures provider = new FastSignatures();
            if (users++ == 0) {
                Security.insertProviderAt(provider, 1);
            }
            return provider;
        }
    }

    @Override
    public void close() {
        synchronized (FastSignatures.class) {
            if (--users == 0) {
                Security.removeProvider(getName());
            }
        }
    }

    /** SHA-512. */
    public static final class Hash extends SignatureSpi {
        private final MessageDigest digest;

        /** Called by the security framework. */
        public Hash() throws NoSuchAlgorithmException {
            digest = MessageDigest.getInstance("SHA-512");
        }

        @Override
        protected void engineInitVerify(PublicKey key) {
            digest.reset();
        }

        @Override
        protected void engineInitSign(PrivateKey key) {
            digest.reset();
        }

        @Override
        protected void engineUpdate(byte b) {
            digest.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        @Override
        protected byte[] engineSign() {
            return digest.digest();
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            return MessageDigest.isEqual(digest.digest(), signature);
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
