package dev.tidemark.kvs.cassandra.node.jmx;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.rmi.UnmarshalException;
import java.time.Duration;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanException;
import javax.management.RuntimeErrorException;
import javax.management.RuntimeMBeanException;

/** Tells apart what went wrong on the way to a node from what the node itself has refused. */
final class JmxErrors {
    private final JmxOptions options;

    JmxErrors(JmxOptions options) {
        this.options = options;
    }

    /**
     * Returns what to throw for the failure of a call.
     *
     * @throws CallRefusedException when the node has answered
     */
    KeyValueStoreException translate(String action, Throwable cause) throws CallRefusedException {
        if (cause instanceof KeyValueStoreException known) {
            return known;
        }
        if (cause instanceof SecurityException) {
            return new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "cannot " + action + ": the JMX at '" + options + "' refuses the user: " + describe(cause),
                    "Correct user and password of the JMX at '" + options + "'.",
                    cause);
        }
        if (cause instanceof IOException failure && !isAnswer(failure)) {
            return unreachable(action, failure);
        }
        if (cause instanceof InstanceNotFoundException) {
            throw new CallRefusedException("there is no MBean '" + cause.getMessage() + "'", cause);
        }
        if (cause instanceof JMException || cause instanceof JMRuntimeException || cause instanceof IOException) {
            Throwable reason = reason(cause);
            throw new CallRefusedException(describe(reason), cause);
        }
        throw new IllegalStateException("cannot " + action + " by way of '" + options + "'", cause); // a defect
    }

    /** An exception of a class that only Cassandra has can't be read here, but it was an answer. */
    static boolean isAnswer(IOException failure) {
        return failure instanceof UnmarshalException && failure.getCause() instanceof ClassNotFoundException;
    }

    /** Returns the error for something that answers JMX and has no MBeans of Cassandra. */
    KeyValueStoreException notCassandra(String missing) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "what answers JMX at '" + options + "' is not Cassandra, or is still starting: it has no MBean '"
                        + missing + "'",
                "Wait for the node's start, or correct its JMX address, which is '" + options + "'.");
    }

    KeyValueStoreException closed() {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "the connection to the JMX at '" + options + "' is closed",
                "Start the agent again.");
    }

    KeyValueStoreException noAnswer(String action, Duration limit, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "cannot " + action + ": the JMX at '" + options + "' has not answered within " + seconds(limit) + " s",
                "Look whether the node at '" + options + "' is alive, and whether this is the port of its JMX.",
                cause);
    }

    KeyValueStoreException tooManyCalls(String action, int calls, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "cannot " + action + ": " + calls + " calls to the JMX at '" + options + "' are waiting for an answer",
                "Look whether the node at '" + options + "' is alive.",
                cause);
    }

    private KeyValueStoreException unreachable(String action, IOException cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "cannot " + action + ": the JMX at '" + options + "' can't be reached: " + describe(deepest(cause)),
                "Start Cassandra, or correct the address of its JMX, which is '" + options + "'.",
                cause);
    }

    private static Throwable reason(Throwable cause) {
        if (cause instanceof RuntimeErrorException error) {
            return error.getTargetError();
        }
        boolean isWrapped = cause instanceof MBeanException
                || cause instanceof RuntimeMBeanException
                || cause instanceof IOException;
        return isWrapped && cause.getCause() != null ? cause.getCause() : cause;
    }

    private static Throwable deepest(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    private static String describe(Throwable cause) {
        String name = cause.getClass().getSimpleName();
        if (cause.getMessage() == null) {
            return name;
        }
        return cause instanceof Error || cause instanceof ClassNotFoundException
                ? name + ": " + cause.getMessage()
                : cause.getMessage();
    }

    private static String seconds(Duration limit) {
        long millis = limit.toMillis();
        return millis % 1000 == 0 ? Long.toString(millis / 1000) : millis / 1000 + "." + millis % 1000 / 100;
    }
}
