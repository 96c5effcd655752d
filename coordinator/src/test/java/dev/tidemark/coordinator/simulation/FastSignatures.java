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
 * the real signatures would take half of the time or more.
 */
public final class FastSignatures extends Provider implements AutoCloseable {
    private static final long serialVersionUID = 1L;

    /** How many simulations of this thread are open. Other threads sign and verify for real. */
    private static final ThreadLocal<Integer> OPEN = ThreadLocal.withInitial(() -> 0);

    private FastSignatures() {
        super("FastSignatures", "1", "a hash in place of Ed25519, for simulations");
        putService(new Service(this, "Signature", "Ed25519", Hash.class.getName(), null, null) {
            @Override
            public boolean supportsParameter(Object key) {
                return OPEN.get() > 0;
            }
        });
    }

    /** Takes effect on this thread until it is closed. */
    public static FastSignatures install() {
        FastSignatures provider = new FastSignatures();
        Security.insertProviderAt(provider, 1); // does nothing when it is there
        OPEN.set(OPEN.get() + 1);
        return provider;
    }

    @Override
    public void close() {
        OPEN.set(OPEN.get() - 1);
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
