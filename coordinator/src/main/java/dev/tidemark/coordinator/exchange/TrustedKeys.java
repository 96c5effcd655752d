package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.kvs.ErrorCode;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The public keys whose owners an importer believes. An export carries its own key, which proves that nobody changed it since
 * somebody signed it; who that was, only a key from elsewhere can tell.
 */
public final class TrustedKeys {
    private final Set<String> keys;
    private final boolean isAnyTrusted;

    private TrustedKeys(Set<String> keys, boolean isAnyTrusted) {
        this.keys = keys;
        this.isAnyTrusted = isAnyTrusted;
    }

    /** Trusts nobody. */
    public static TrustedKeys none() {
        return new TrustedKeys(Set.of(), false);
    }

    /** Trusts one key. */
    public static TrustedKeys of(VerifyingKey key) {
        return new TrustedKeys(Set.of(Base64Text.encode(key.encoded())), false);
    }

    /** Trusts the key that the export carries, whoever it belongs to. */
    public static TrustedKeys any() {
        return new TrustedKeys(Set.of(), true);
    }

    /**
     * Trusts another key too.
     *
     * @param text X.509 SubjectPublicKeyInfo in base 64, as {@code signingPublicKey} in an archive's header, or as PEM
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when it is something else
     */
    public TrustedKeys and(String text) {
        String base64 = text.lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("-----"))
                .collect(Collectors.joining());
        try {
            Set<String> more = new TreeSet<>(keys);
            more.add(
                    Base64Text.encode(VerifyingKey.of(Base64Text.decode(base64)).encoded()));
            return new TrustedKeys(more, isAnyTrusted);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "this is no Ed25519 public key (expected: base 64 of X.509 SubjectPublicKeyInfo, or PEM)",
                    "Take 'signingPublicKey' from the header of the archive that exported the backup.",
                    e);
        }
    }

    /**
     * Refuses a key that is not trusted.
     *
     * @throws CoordinatorException {@link ErrorCode#WRONG_KEY}
     */
    void require(VerifyingKey key) {
        if (!isAnyTrusted && !keys.contains(Base64Text.encode(key.encoded()))) {
            throw new CoordinatorException(
                    ErrorCode.WRONG_KEY,
                    "the export is signed with key '" + key.id()
                            + "', which is not trusted (expected: that of this archive," + " or one that is named)",
                    "Name the public key of the archive that it comes from with --public-key.");
        }
    }
}
