package dev.tidemark.coordinator.service.access.limit;

import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses an address that has sent 10 wrong tokens within a minute: for 30 s, and each further time for twice as long, up to 15 minutes;
 * after an hour without a wrong token everything is forgotten. Of an IPv6 address the first 64 bits count, because one machine has all
 * that begin with them. While an address is refused nothing that it sends is looked at, the right token neither. Thread-safe.
 */
public final class LockOut {
    static final int FAILURES = 10;
    static final Duration WITHIN = Duration.ofMinutes(1);
    static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    static final Duration MAX_WAIT = Duration.ofMinutes(15);
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(LockOut.class);
    private static final int NETWORK_BYTES = 8;

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    /** What has a colon and begins like this is an address for the JDK, or nothing; it asks no name service. */
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

    private static final Pattern BRACKETS = Pattern.compile("[\\[\\]]|%.*");

    private final MonotonicClock clock;
    private final Recent<Past> pasts = new Recent<>();

    /** Creates the check; it has seen nobody. */
    public LockOut(MonotonicClock clock) {
        this.clock = clock;
    }

    /**
     * Refuses an address that has sent too many wrong tokens.
     *
     * @throws ProblemException {@link ErrorCode#TOO_MANY_REQUESTS}, with the time to wait
     */
    public synchronized void check(String address) {
        Past past = pasts.get(network(address));
        long now = clock.nanoTime();
        if (past != null && past.locks > 0 && now - past.lockedUntilNanos < 0) {
            throw TooManyRequests.refused(
                    "too many wrong tokens came from this address", Duration.ofNanos(past.lockedUntilNanos - now));
        }
    }

    /** Counts a wrong token. */
    public synchronized void failed(String address) {
        long now = clock.nanoTime();
        String network = network(address);
        Past past = pasts.get(network);
        if (past == null || now - past.lastNanos >= FORGOTTEN_AFTER.toNanos()) {
            past = new Past();
            pasts.put(network, past);
        }
        past.lastNanos = now;
        past.atNanos[past.failures % FAILURES] = now;
        past.failures++;
        // A ring: where the next failure will be written is the oldest one.
        long oldest = past.atNanos[past.failures % FAILURES];
        if (past.failures >= FAILURES && now - oldest < WITHIN.toNanos()) {
            Duration wait = wait(past.locks);
            past.lockedUntilNanos = now + wait.toNanos();
            past.locks++;
            past.failures = 0;
            LOG.warn("{} wrong tokens came from {}: it is refused for {} s", FAILURES, network, wait.toSeconds());
        }
    }

    /** Returns what of an address counts. Resolves nothing, and takes nothing over that is not an address: a proxy may send any text. */
    public static String network(String address) {
        String bare = BRACKETS.matcher(address).replaceAll("");
        if (IPV4.matcher(bare).matches()) {
            return bare;
        }
        if (!IPV6.matcher(bare).matches()) {
            return "an unknown address";
        }
        try {
            byte[] bytes = InetAddress.getByName(bare).getAddress();
            return bytes.length <= NETWORK_BYTES
                    ? InetAddress.getByAddress(bytes).getHostAddress()
                    : HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES)) + "/64";
        } catch (UnknownHostException e) {
            return "an unknown address";
        }
    }

    private static Duration wait(int earlierLocks) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(earlierLocks, 10));
        return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
    }

    /** What is known of one address. */
    private static final class Past {
        private final long[] atNanos = new long[FAILURES];
        private int failures;
        private int locks;
        private long lastNanos;
        private long lockedUntilNanos;
    }
}
