package dev.tidemark.coordinator.archive.key;

import dev.tidemark.kvs.Bytes;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** The public half of an archive's key pair: verifies signatures. Thread-safe. */
public final class VerifyingKey {
    static final String ALGORITHM = "Ed25519";
    private static final int ID_BYTES = 8;
    private static final String PEM_BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String PEM_END = "-----END PUBLIC KEY-----";
    private static final int MAX_FOUND = 4096;

    /** The JDK's check is ready at once and takes a millisecond; Bouncy Castle's takes 0.3 s to load and then a seventh. */
    private static final int BY_JDK = 256;

    private static final String JDK_PROVIDER = "SunEC";

    private final byte[] encoded;
    private final PublicKey publicKey;
    private final AtomicInteger checks = new AtomicInteger();

    /**
     * SHA-256 of messages and signatures that were found to belong together, which never changes: an operation reads every
     * manifest several times, and to check one costs milliseconds. Guarded by itself.
     */
    private final Set<Bytes> found = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Boolean> eldest) {
            return size() > MAX_FOUND;
        }
    });

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

    /**
     * Reads a public key from the text of a PEM file (RFC 7468); what stands before and after the key is left out of account.
     *
     * @throws GeneralSecurityException when there is not exactly one key of this kind in it
     */
    public static VerifyingKey ofPem(String text) throws GeneralSecurityException {
        int begin = text.indexOf(PEM_BEGIN);
        int end = text.indexOf(PEM_END);
        if (begin < 0 || end < begin || begin != text.lastIndexOf(PEM_BEGIN)) {
            throw new GeneralSecurityException("no PEM text with one public key");
        }
        try {
            String body = text.substring(begin + PEM_BEGIN.length(), end).replaceAll("\\s", "");
            return of(Base64.getDecoder().decode(body));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the public key is not base 64", e);
        }
    }

    /** Returns the key as PEM text (RFC 7468), three lines that each end with a line feed. */
    public String toPem() {
        return PEM_BEGIN + "\n" + Base64.getEncoder().encodeToString(encoded) + "\n" + PEM_END + "\n";
    }

    /** Returns the encoded key. */
    public byte[] encoded() {
        return encoded.clone();
    }

    /** Returns the first 8 bytes of the SHA-256 of the encoded key, as 16 lower-case hexadecimal digits. */
    public String id() {
        return HexFormat.of().formatHex(Arrays.copyOf(sha256().digest(encoded), ID_BYTES));
    }

    /** Tells whether the signature is this key's over the message. */
    public boolean isValid(byte[] message, byte[] signed) {
        MessageDigest hash = sha256();
        hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(message.length).flip());
        hash.update(message);
        Bytes both = Bytes.wrap(hash.digest(signed));
        synchronized (found) {
            if (found.contains(both)) {
                return true;
            }
        }
        boolean isValid = verify(message, signed);
        if (isValid) {
            synchronized (found) {
                found.add(both);
            }
        }
        return isValid;
    }

    private boolean verify(byte[] message, byte[] signed) {
        return checks.get() < BY_JDK ? verifyByProvider(message, signed) : verifyInBulk(message, signed);
    }

    /** As the JDK does it, or who else was installed in its place; that one does all checks. */
    boolean verifyByProvider(byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(publicKey);
            signature.update(message);
            if (signature.getProvider().getName().equals(JDK_PROVIDER)) {
                checks.incrementAndGet();
            }
            return signed.length == Ed25519.SIGNATURE_SIZE
                    && signature.verify(signed); // it does not look at what follows
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 failed", e);
        }
    }

    boolean verifyInBulk(byte[] message, byte[] signed) {
        return signed.length == Ed25519.SIGNATURE_SIZE
                && Ed25519.verify(
                        signed, 0, encoded, encoded.length - Ed25519.PUBLIC_KEY_SIZE, message, 0, message.length);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "VerifyingKey[" + id() + "]";
    }
}
