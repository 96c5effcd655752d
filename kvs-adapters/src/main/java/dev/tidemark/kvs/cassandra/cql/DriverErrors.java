package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.DriverExecutionException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import com.datastax.oss.driver.api.core.servererrors.CoordinatorException;
import com.datastax.oss.driver.api.core.servererrors.QueryConsistencyException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Says in Tidemark's words what the driver and the cluster complain about. */
final class DriverErrors {
    private static final String START_NODES = "Start the nodes that are down or cut off, then try again.";

    private DriverErrors() {}

    /**
     * Returns what to throw instead. Errors that are neither the driver's nor the cluster's are defects, and come back as they
     * are.
     *
     * @param what what could not be done, for example {@code read from table 'x'}
     */
    static RuntimeException translate(String what, Throwable thrown) {
        Throwable cause = unwrap(thrown);
        if (cause instanceof KeyValueStoreException known) {
            return known;
        }
        if (cause instanceof AllNodesFailedException allFailed) {
            return allNodesFailed(what, allFailed);
        }
        if (cause instanceof AuthenticationException || cause instanceof UnauthorizedException) {
            return unauthorized(what, cause);
        }
        if (cause instanceof QueryValidationException invalid) {
            return invalid(what, invalid);
        }
        if (cause instanceof UnsupportedProtocolVersionException) {
            return error(
                    ErrorCode.STORE_UNSUPPORTED,
                    what,
                    cause.getMessage(),
                    "Use a cluster of Cassandra 2.2 or later.",
                    cause);
        }
        if (cause instanceof DriverException) {
            return error(ErrorCode.STORE_UNAVAILABLE, what, reason(cause), START_NODES, cause);
        }
        if (cause instanceof RuntimeException defect) {
            return defect;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("can't " + what, cause);
    }

    /** Returns the error for a thread that was interrupted while it waited. */
    static KeyValueStoreException interrupted(String what, InterruptedException e) {
        return error(ErrorCode.INTERRUPTED, what, "the thread was interrupted", "", e);
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException
                        || cause instanceof ExecutionException
                        || cause instanceof DriverExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static KeyValueStoreException allNodesFailed(String what, AllNodesFailedException e) {
        if (e instanceof NoNodeAvailableException) {
            return error(ErrorCode.STORE_UNAVAILABLE, what, "no node of the local data center answers", START_NODES, e);
        }
        List<Throwable> errors =
                e.getAllErrors().values().stream().flatMap(List::stream).toList();
        for (Throwable single : errors) {
            if (causes(single).anyMatch(AuthenticationException.class::isInstance)) {
                return unauthorized(what, single);
            }
            if (causes(single).anyMatch(SSLException.class::isInstance)) {
                return error(
                        ErrorCode.INVALID_CONFIGURATION,
                        what,
                        "no encrypted connection to the nodes: " + nodes(e),
                        "Check the trust store and the key store, and that the certificates are valid for the nodes.",
                        e);
            }
        }
        return error(ErrorCode.STORE_UNAVAILABLE, what, nodes(e), START_NODES, e);
    }

    private static String nodes(AllNodesFailedException e) {
        return e.getAllErrors().entrySet().stream()
                .map(DriverErrors::node)
                .sorted()
                .collect(Collectors.joining("; "));
    }

    private static String node(Map.Entry<Node, List<Throwable>> errors) {
        return "node '" + NodeIds.nameOf(errors.getKey()) + "': "
                + errors.getValue().stream()
                        .map(error -> reason(unwrap(error)))
                        .distinct()
                        .collect(Collectors.joining(", "));
    }

    private static KeyValueStoreException unauthorized(String what, Throwable cause) {
        return error(
                ErrorCode.UNAUTHORIZED,
                what,
                cause.getMessage(),
                "Give the credentials of a role that may read and change the keyspace and its schema.",
                cause);
    }

    /** The cluster has understood who asks and refuses what is asked. */
    private static KeyValueStoreException invalid(String what, QueryValidationException e) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean isMissing = text.contains("does not exist") || text.contains("doesn't exist");
        if (text.contains("keyspace") && isMissing) {
            return error(
                    ErrorCode.STORE_UNAVAILABLE,
                    what,
                    e.getMessage(),
                    "Correct the name of the keyspace, or restore the store from a backup.",
                    e);
        }
        if (text.contains("unconfigured") || (text.contains("table") && isMissing)) {
            return error(ErrorCode.UNKNOWN_TABLE, what, e.getMessage(), "Create the table first.", e);
        }
        return error(
                ErrorCode.STORE_UNSUPPORTED,
                what,
                "the cluster refuses it: " + e.getMessage(),
                "Check that the version of Cassandra and its settings are supported.",
                e);
    }

    private static String reason(Throwable e) {
        if (e instanceof UnavailableException unavailable) {
            return "consistency " + unavailable.getConsistencyLevel() + " needs " + unavailable.getRequired()
                    + " replicas, " + unavailable.getAlive() + " are up" + coordinator(unavailable);
        }
        if (e instanceof QueryConsistencyException timeout) {
            return timeout.getReceived() + " of " + timeout.getBlockFor() + " replicas answered at consistency "
                    + timeout.getConsistencyLevel() + coordinator(timeout);
        }
        if (e instanceof CASWriteUnknownException unknown) {
            return "it is not known whether the change was made: " + unknown.getMessage() + coordinator(unknown);
        }
        if (e instanceof DriverTimeoutException) {
            return "no answer: " + e.getMessage();
        }
        if (e instanceof CoordinatorException other) {
            return other.getMessage() + coordinator(other);
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String coordinator(CoordinatorException e) {
        Node node = e.getCoordinator();
        return node == null ? "" : " (asked node '" + NodeIds.nameOf(node) + "')";
    }

    private static Stream<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause);
    }

    private static KeyValueStoreException error(
            ErrorCode code, String what, String reason, String hint, Throwable cause) {
        return new KeyValueStoreException(code, "can't " + what + ": " + reason, hint, cause);
    }
}
