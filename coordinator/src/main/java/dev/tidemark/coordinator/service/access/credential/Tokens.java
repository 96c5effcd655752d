package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The tokens that are let in: those of the configuration, and those of a file that may change. Thread-safe. */
public final class Tokens {
    private static final String SCHEME = "bearer ";
    private static final int MAX_TOKENS = 1000;

    private final List<TokenEntry> configured;
    private final TokenFile file;
    private final InstantSource clock;

    private Tokens(List<TokenEntry> configured, TokenFile file, InstantSource clock) {
        this.configured = configured;
        this.file = file;
        this.clock = clock;
    }

    /**
     * Creates the tokens, and reads the file.
     *
     * @param configured those of the configuration
     * @param file with more of them; null for none
     * @param clock decides when a token has expired
     * @param monotonicClock decides when the file is looked at again
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when the file can't be used, or a token is there twice
     */
    public static Tokens open(
            List<TokenEntry> configured, Path file, InstantSource clock, MonotonicClock monotonicClock) {
        try {
            checked(configured);
        } catch (IllegalArgumentException e) {
            throw invalid("'access.tokens': " + e.getMessage());
        }
        List<TokenEntry> own = List.copyOf(configured);
        TokenFile opened = file == null
                ? null
                : TokenFile.open(
                        file,
                        read -> {
                            List<TokenEntry> all = new ArrayList<>(own);
                            all.addAll(read);
                            return checked(all);
                        },
                        monotonicClock);
        return new Tokens(own, opened, clock);
    }

    /**
     * Returns whose token a header brings.
     *
     * @param header {@code Bearer} and a token; null when there is none
     * @throws ProblemException {@link ErrorCode#UNAUTHORIZED} when there is no header, or its token is wrong or has expired
     */
    public Caller authenticate(String header) {
        if (header == null) {
            throw Caller.missing();
        }
        return admit(find(header).orElseThrow(Tokens::wrong));
    }

    /** Returns the entry of the token that a header brings; empty when it is wrong, whether or not an entry has expired. */
    Optional<TokenEntry> find(String header) {
        if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        String token = header.substring(SCHEME.length()).strip();
        if (!TokenForm.matches(token)) {
            return Optional.empty();
        }
        byte[] hash = TokenForm.hash(token);
        TokenEntry found = null;
        // Every entry is looked at: how long it takes must not tell which one was near.
        for (TokenEntry entry : entries()) {
            if (MessageDigest.isEqual(HexFormat.of().parseHex(entry.sha256()), hash)) {
                found = entry;
            }
        }
        return Optional.ofNullable(found);
    }

    /** Returns the caller of an entry, unless it has expired. */
    Caller admit(TokenEntry entry) {
        if (entry.expires() != null && !clock.instant().isBefore(entry.expires())) {
            throw Caller.unauthorized(
                    "the token of '" + entry.name() + "' has expired at " + entry.expires(),
                    "Have a new one made with 'tidemark token new'.");
        }
        return entry.caller();
    }

    static ProblemException wrong() {
        return Caller.unauthorized(
                "the authorization header does not bring a token that is known",
                "Send 'Authorization: Bearer TOKEN' with a token that 'tidemark token new' has made.");
    }

    /** Returns why the token file as it is can't be used; the empty string when it is in use, or there is none. */
    public String problem() {
        return file == null ? "" : file.problem();
    }

    static CoordinatorException invalid(String message) {
        return new CoordinatorException(
                ErrorCode.INVALID_CONFIGURATION, message, "See docs/security.rst for how tokens are configured.");
    }

    private List<TokenEntry> entries() {
        return file == null ? configured : file.entries();
    }

    private static List<TokenEntry> checked(List<TokenEntry> entries) {
        if (entries.size() > MAX_TOKENS) {
            throw new IllegalArgumentException(
                    "has " + entries.size() + " tokens (expected: at most " + MAX_TOKENS + ")");
        }
        Set<String> hashes = new HashSet<>();
        for (TokenEntry entry : entries) {
            if (!hashes.add(entry.sha256())) {
                throw new IllegalArgumentException(
                        "the token of '" + entry.name() + "' is there twice (expected: one entry for each token)");
            }
        }
        return List.copyOf(entries);
    }
}
