package dev.tidemark.timestamp.web;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides where a request is sent on that only the leader may answer, as TimeLock does: clients of its Conjure paths and of
 * Tidemark's own follow a 308; those of the legacy paths do so only if they say that they can, and get 503 otherwise. Thread-safe.
 */
public final class LeaderRedirects {
    /** What a client that follows a 308 on a legacy path has in its {@code User-Agent}. */
    public static final String FOLLOWING_AGENT = "atlasdb-http-client/2.0";

    private final String basePath;
    private final String ownAddress;
    private final Supplier<Optional<String>> leaderAddress;

    /**
     * Creates the decision.
     *
     * @param basePath what stands before every path of this server, {@code /} for nothing
     * @param ownAddress this server's address as others would be sent to it, base path included; empty when it has none
     * @param leaderAddress the address of the server that leads, its base path included; empty when none is known
     */
    public LeaderRedirects(String basePath, String ownAddress, Supplier<Optional<String>> leaderAddress) {
        this.basePath = withoutSlash(basePath);
        this.ownAddress = withoutSlash(ownAddress);
        this.leaderAddress = leaderAddress;
    }

    /**
     * Returns the {@code Location} to which a request is sent; empty when it is answered with 503. A server is never sent to its own
     * address, which is in the leader's record for a while after the server was started again.
     *
     * @param rawPath the request's path with the base path, not decoded
     * @param rawQuery its query, not decoded; null for none
     * @param userAgent its {@code User-Agent}; null for none
     */
    public Optional<String> location(String rawPath, String rawQuery, String userAgent) {
        String path = rawPath.startsWith(basePath) ? rawPath.substring(basePath.length()) : rawPath;
        boolean isFollowed = isFollowedByAll(path) || (userAgent != null && userAgent.contains(FOLLOWING_AGENT));
        if (!isFollowed) {
            return Optional.empty();
        }
        return leaderAddress
                .get()
                .map(LeaderRedirects::withoutSlash)
                .filter(address -> !address.isEmpty() && !address.equals(ownAddress))
                .map(address -> address + path + (rawQuery == null ? "" : "?" + rawQuery));
    }

    /** A namespace may be called {@code tidemark}; its legacy paths go on otherwise. */
    private static boolean isFollowedByAll(String path) {
        return path.startsWith("/tl/") || path.startsWith("/lw/") || path.startsWith("/tidemark/v1/");
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
