package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.retry.RetryDecision;
import com.datastax.oss.driver.api.core.retry.RetryPolicy;
import com.datastax.oss.driver.api.core.servererrors.CoordinatorException;
import com.datastax.oss.driver.api.core.servererrors.WriteType;
import com.datastax.oss.driver.api.core.session.Request;

/**
 * Tells the driver to send nothing a second time. A lightweight transaction that is sent again after it was carried out finds its own
 * change, and answers that nothing was changed; the driver's own policy would do that to one that some replicas could not be asked for.
 * Public because the driver makes it by its name. Thread-safe.
 */
@SuppressWarnings("deprecation") // the decisions are deprecated, and still what a policy has to make
public final class SingleAttempt implements RetryPolicy {
    /** Creates the policy, as the driver does it. */
    public SingleAttempt(DriverContext context, String profileName) {}

    @Override
    public RetryDecision onReadTimeout(
            Request request,
            ConsistencyLevel level,
            int blockFor,
            int received,
            boolean isDataPresent,
            int retryCount) {
        return RetryDecision.RETHROW;
    }

    @Override
    public RetryDecision onWriteTimeout(
            Request request, ConsistencyLevel level, WriteType writeType, int blockFor, int received, int retryCount) {
        return RetryDecision.RETHROW;
    }

    @Override
    public RetryDecision onUnavailable(
            Request request, ConsistencyLevel level, int required, int alive, int retryCount) {
        return RetryDecision.RETHROW;
    }

    @Override
    public RetryDecision onRequestAborted(Request request, Throwable error, int retryCount) {
        return RetryDecision.RETHROW;
    }

    @Override
    public RetryDecision onErrorResponse(Request request, CoordinatorException error, int retryCount) {
        return RetryDecision.RETHROW;
    }

    @Override
    public void close() {}
}
