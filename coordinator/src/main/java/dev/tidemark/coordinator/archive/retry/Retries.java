package dev.tidemark.coordinator.archive.retry;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.TransientFailure;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs calls of one store until they succeed, fail for good or have used up what they may. Thread-safe.
 *
 * <p>When one call has been given up the store counts as down: the calls after it get one attempt each, until one succeeds. So an
 * operation against a store that is gone ends with its first error and not with the sum of all waits.
 */
public class Retries {
    /**
     * What may be damage on the way, or there to stay, is tried that often: damage in the store doesn't go away by reading it
     * again.
     */
    private static final int MAX_ATTEMPTS_AT_DAMAGE = 3;

    private static final double MIN_SHARE = 0.5;
    private static final int MAX_DOUBLINGS = 20;

    private final RetrySettings settings;
    private final RetrySeams seams;
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong rescued = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();
    private volatile boolean hasGivenUp;

    /** Returns what runs each call once, and leaves the mark of what may pass on its error. */
    public static Retries none() {
        RetrySeams unused = new RetrySeams(() -> 0, wait -> {}, new Random(0));
        return new Retries(new RetrySettings(1, Duration.ZERO, Duration.ofMillis(1)), unused) {
            @Override
            public <T> T call(Attempt<T> attempt) {
                return attempt.run(TransientFailure.Effect.NONE);
            }
        };
    }

    /** Creates what runs the calls of one store, and counts them. */
    public Retries(RetrySettings settings, RetrySeams seams) {
        this.settings = settings;
        this.seams = seams;
    }

    /** Returns what trying again has come to. */
    public RetryCounts counts() {
        return new RetryCounts(retries.get(), rescued.get(), givenUp.get());
    }

    /**
     * Runs a call.
     *
     * @throws CoordinatorException the last error, with the number of attempts
     */
    public <T> T call(Attempt<T> attempt) {
        long begin = seams.clock().nanoTime();
        TransientFailure.Effect effect = TransientFailure.Effect.NONE;
        int damaged = 0;
        for (int number = 1; ; number++) {
            try {
                T result = attempt.run(effect);
                hasGivenUp = false;
                if (number > 1) {
                    rescued.incrementAndGet();
                }
                return result;
            } catch (CoordinatorException e) {
                TransientFailure mark = TransientFailure.of(e).orElse(null);
                if (mark == null) {
                    throw e;
                }
                if (mark.effect() == TransientFailure.Effect.UNKNOWN) {
                    effect = TransientFailure.Effect.UNKNOWN;
                }
                Duration spent = Duration.ofNanos(seams.clock().nanoTime() - begin);
                Duration wait = wait(number, mark.retryAfter());
                boolean isDown = e.code() == ErrorCode.ARCHIVE_UNAVAILABLE;
                damaged += isDown ? 0 : 1;
                boolean isLast =
                        number >= settings.attempts() || damaged == MAX_ATTEMPTS_AT_DAMAGE || (isDown && hasGivenUp);
                if (isLast || spent.plus(wait).compareTo(settings.budget()) > 0) {
                    throw lastError(e, mark, number, spent);
                }
                retries.incrementAndGet();
                sleep(wait, e);
            }
        }
    }

    private Duration wait(int number, Duration wanted) {
        long doubled = settings.firstWait().toNanos() << Math.min(number - 1, MAX_DOUBLINGS);
        boolean isTooLong = doubled <= 0 || doubled > RetrySettings.MAX_WAIT.toNanos();
        long longest = isTooLong ? RetrySettings.MAX_WAIT.toNanos() : doubled;
        double share = MIN_SHARE + (1 - MIN_SHARE) * seams.random().nextDouble();
        Duration wait = Duration.ofNanos((long) (longest * share));
        return wait.compareTo(wanted) < 0 ? wanted : wait;
    }

    /** The error without the mark: whoever tries again above this would multiply the attempts. */
    private CoordinatorException lastError(
            CoordinatorException e, TransientFailure mark, int attempts, Duration spent) {
        givenUp.incrementAndGet();
        if (e.code() != ErrorCode.ARCHIVE_UNAVAILABLE) {
            return new CoordinatorException(e.code(), e.getMessage(), e.hint(), mark.getCause());
        }
        hasGivenUp = true;
        String tried = attempts == 1
                ? ""
                : String.format(Locale.ROOT, " (%d attempts in %.1f s)", attempts, spent.toMillis() / 1000.0);
        return new CoordinatorException(e.code(), e.getMessage() + tried, e.hint(), mark.getCause());
    }

    private void sleep(Duration wait, CoordinatorException failure) {
        try {
            seams.sleeper().sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CoordinatorException interrupted = new CoordinatorException(
                    ErrorCode.INTERRUPTED, "interrupted while it waited for the archive to recover", "", e);
            interrupted.addSuppressed(failure);
            throw interrupted;
        }
    }

    /** One attempt of a call. */
    @FunctionalInterface
    public interface Attempt<T> {
        /**
         * Tries.
         *
         * @param before what may have become of the attempts before this one
         */
        T run(TransientFailure.Effect before);
    }
}
