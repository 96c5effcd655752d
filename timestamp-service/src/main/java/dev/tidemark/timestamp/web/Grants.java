package dev.tidemark.timestamp.web;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who may ask what. Knows tokens by their hashes only, and compares them in a time that tells nothing. Thread-safe. */
public final class Grants {
    private final Set<Right> open;
    private final List<Grant> grants;

    private Grants(Set<Right> open, List<Grant> grants) {
        this.open = Set.copyOf(open);
        this.grants = List.copyOf(grants);
    }

    /** Returns grants that give everybody these rights, and nobody else more. */
    public static Grants open(Set<Right> rights) {
        return new Grants(rights, List.of());
    }

    /** Returns these grants, and one more for whoever has the token with this hash, as 64 hex digits of its SHA-256. */
    public Grants with(String sha256, Set<Right> rights) {
        List<Grant> more = new ArrayList<>(grants);
        more.add(new Grant(HexFormat.of().parseHex(sha256), Set.copyOf(rights)));
        return new Grants(open, more);
    }

    /** Returns these grants, and one more for whoever has this token. */
    public Grants withToken(String token, Set<Right> rights) {
        return with(HexFormat.of().formatHex(BearerToken.hash(token)), rights);
    }

    /**
     * Lets a request pass, or throws the refusal.
     *
     * @param header the request's authorization header, or null
     * @param needed rights of which one is enough
     * @param isHeaderDemanded whether a token must be there even if everybody may do this
     */
    public void check(String header, Set<Right> needed, boolean isHeaderDemanded) {
        if (isHeaderDemanded) {
            BearerToken.parse(header);
        }
        if (isOneOf(needed, open)) {
            return;
        }
        Optional<Set<Right>> granted = rights(BearerToken.parse(header));
        if (granted.isEmpty()) {
            throw RequestRefusedException.wrongToken();
        }
        if (!isOneOf(needed, granted.get())) {
            throw RequestRefusedException.missingRight(EnumSet.copyOf(needed));
        }
    }

    /** Tells whether {@link #check} would let a request pass. */
    public boolean allow(String header, Set<Right> needed, boolean isHeaderDemanded) {
        try {
            check(header, needed, isHeaderDemanded);
            return true;
        } catch (RequestRefusedException e) {
            return false;
        }
    }

    /** Returns the rights of a token; empty when it is not known. Looks at all grants, wherever the token stands. */
    private Optional<Set<Right>> rights(String token) {
        byte[] hash = BearerToken.hash(token);
        Set<Right> found = null;
        for (Grant grant : grants) {
            if (MessageDigest.isEqual(grant.sha256, hash)) {
                found = grant.rights;
            }
        }
        return Optional.ofNullable(found);
    }

    private static boolean isOneOf(Set<Right> needed, Set<Right> granted) {
        return needed.stream().anyMatch(granted::contains);
    }

    private static final class Grant {
        private final byte[] sha256;
        private final Set<Right> rights;

        private Grant(byte[] sha256, Set<Right> rights) {
            this.sha256 = sha256;
            this.rights = rights;
        }
    }
}
