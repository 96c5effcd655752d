package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.TimestampException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The JSON bodies of requests, as strict as TimeLock's: it ignores unknown fields in Conjure's requests only. */
final class RequestBodies {
    private RequestBodies() {}

    /** Returns a body that must be there. */
    static <T> T required(T body) {
        if (body == null) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "the request has no body",
                    "Compare the request with the page on the HTTP API.");
        }
        return body;
    }

    static Set<LeaseToken> tokens(List<TokenBody> bodies) {
        Set<LeaseToken> tokens = new LinkedHashSet<>();
        for (TokenBody body : required(bodies)) {
            tokens.add(required(body).token());
        }
        return tokens;
    }

    static Set<LeaseToken> tokensOf(List<UUID> ids) {
        Set<LeaseToken> tokens = new LinkedHashSet<>();
        for (UUID id : required(ids)) {
            tokens.add(new LeaseToken(required(id)));
        }
        return tokens;
    }

    /** Several lease tokens. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record TokensBody(List<TokenBody> tokens) {}

    /** A lease token, and the request for one. */
    record TokenBody(UUID requestId) {
        LeaseToken token() {
            return new LeaseToken(requestId);
        }
    }

    /** How many timestamps are wanted. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record CountBody(Integer numTimestamps) {}

    /** Who starts a transaction. */
    record StartBody(UUID requestId, UUID requestorId) {}

    /** Who starts how many transactions. */
    record StartSeveralBody(UUID requestId, UUID requestorId, Integer numTransactions) {}

    /** The same on Conjure's paths, where the last known state of watched locks may follow. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record ConjureStartBody(UUID requestId, UUID requestorId, Integer numTransactions) {}

    /** Which leases are ended, and by which request. */
    record UnlockBody(UUID unlockId, List<TokenBody> tokens) {}

    /** Which commit timestamp is asked about. */
    record SettledBody(Long commitTimestamp) {}

    /** Which namespaces are fenced or unfenced, and by what. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record DisableBody(List<String> namespaces, String lockId) {}
}
