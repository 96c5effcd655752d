package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.service.RequestBodies.TokenBody;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The JSON of the answers about leases. */
final class LeaseAnswers {
    private LeaseAnswers() {}

    static List<TokenBody> bodies(Set<LeaseToken> tokens) {
        return tokens.stream().map(token -> new TokenBody(token.requestId())).toList();
    }

    static List<UUID> ids(Set<LeaseToken> tokens) {
        return tokens.stream().map(LeaseToken::requestId).toList();
    }

    /** A lease that was granted. */
    record LeaseAnswer(long immutableTimestamp, TokenBody lock) {}

    /** The leases that were refreshed. */
    record RefreshAnswer(List<TokenBody> refreshedTokens, LeaseValidity lease) {}

    /** The leases that were refreshed, in the shorter form of the newer paths. */
    record RefreshIdsAnswer(List<UUID> refreshedTokens, LeaseValidity lease) {}

    /** The leases that were ended. */
    record UnlockAnswer(List<TokenBody> tokens) {}

    /** From when on and for how long a client may rely on a lease; the duration as ISO 8601. */
    record LeaseValidity(LeaderTime leaderTime, String validity) {}

    /** A moment on the clock of one process, in nanoseconds. */
    record LeaderTime(UUID id, long currentTime) {}
}
