package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.web.Grants;
import dev.tidemark.timestamp.web.Right;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The section {@code access} of the timestamp service's configuration. Holds no secret.
 *
 * @param anonymous what everybody may do without a token; default nothing
 * @param tokens who may do more; default nobody
 */
public record AccessSettings(Set<Right> anonymous, List<TokenGrant> tokens) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** Sets the defaults. */
    public AccessSettings {
        anonymous = anonymous == null ? Set.of() : Set.copyOf(anonymous);
        tokens = tokens == null ? List.of() : List.copyOf(tokens);
    }

    /** Returns the grants, with those of the setting {@code token}, which may be null. */
    static Grants grants(AccessSettings access, String token) {
        // Without a section, only what changes an oracle for others is closed, and that only if there is a token.
        Set<Right> unlessSaid = token == null ? EnumSet.allOf(Right.class) : EnumSet.of(Right.CLIENT, Right.BACKUP);
        Grants grants = Grants.open(access == null ? unlessSaid : access.anonymous());
        if (token != null) {
            grants = grants.withToken(token, EnumSet.of(Right.BACKUP, Right.MANAGEMENT));
        }
        for (TokenGrant each : access == null ? List.<TokenGrant>of() : access.tokens()) {
            grants = grants.with(each.sha256(), each.rights());
        }
        return grants;
    }

    /**
     * What a token may do.
     *
     * @param name of who has it, for people
     * @param sha256 of the token's characters, as 64 hex digits in lower case
     * @param rights at least one
     */
    public record TokenGrant(String name, String sha256, Set<Right> rights) {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException when one is missing or not acceptable
         */
        public TokenGrant {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException("access.tokens: an entry without 'name' (expected: whose it is)");
            }
            if (sha256 == null || !HASH.matcher(sha256).matches()) {
                // What stands here by mistake may be the token itself.
                throw new IllegalArgumentException(
                        "'sha256' of '" + name + "' is not a hash (expected: 64 hex digits in lower case)");
            }
            if (rights == null || rights.isEmpty()) {
                throw new IllegalArgumentException(
                        "'rights' of '" + name + "': none (expected: some of client, backup, management)");
            }
            rights = Set.copyOf(rights);
        }
    }
}
