package dev.tidemark.timestamp.web;

import java.security.MessageDigest;

/** Checks authorization headers against one token. Keeps only a hash of it, and compares in a time that tells nothing. */
public final class Credentials {
    /** SHA-256 of the token; empty when none is demanded. */
    private final byte[] demanded;

    /**
     * Creates the check.
     *
     * @param token what is demanded, or null for nothing
     */
    public Credentials(String token) {
        this.demanded = token == null ? new byte[0] : BearerToken.hash(token);
    }

    /** Checks the token, if one is demanded. */
    public void checkToken(String header) {
        if (demanded.length == 0) {
            return;
        }
        if (!MessageDigest.isEqual(BearerToken.hash(BearerToken.parse(header)), demanded)) {
            throw RequestRefusedException.wrongToken();
        }
    }
}
