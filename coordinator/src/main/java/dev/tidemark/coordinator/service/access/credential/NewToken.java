package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.service.access.Role;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A token that was just made: the only time that anybody sees it.
 *
 * @param token what the caller sends
 * @param entry what the service needs to know of it
 */
public record NewToken(String token, TokenEntry entry) {
    private static final int BYTES = 32;

    /**
     * Makes a token of 32 bytes by chance.
     *
     * @param namespaces that the caller is limited to; null for all of them
     * @param expires from when on the token is refused; null for never
     * @param random cryptographically strong
     * @throws IllegalArgumentException when a value is not acceptable
     */
    public static NewToken create(
            String name, Role role, List<String> namespaces, Instant expires, RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String token =
                TokenForm.PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new NewToken(token, new TokenEntry(name, role, TokenForm.hexHash(token), namespaces, expires));
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "NewToken[" + entry + "]";
    }
}
