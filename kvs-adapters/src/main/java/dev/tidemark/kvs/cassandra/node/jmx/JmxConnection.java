package dev.tidemark.kvs.cassandra.node.jmx;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/**
 * The way to one node's JMX. Connects when it is used, and again when the node was away.
 *
 * <p>RMI itself waits for ever for a node that stands still, and can't be interrupted. So every call is made on a thread of its own,
 * which is given up when the limit has passed; it ends when the node goes on or the connection breaks. What it was doing may still
 * happen. Thread-safe.
 */
final class JmxConnection implements AutoCloseable {
    private static final int MAX_CALLS = 32;
    private static final Duration IDLE_THREAD = Duration.ofSeconds(30);

    private final Connecting connecting;
    private final Handshake handshake;
    private final JmxErrors errors;
    private final ThreadPoolExecutor threads;
    private final Object monitor = new Object();
    private JmxSession session;
    private boolean isClosed;

    /**
     * Names a node; connects to nothing.
     *
     * @param handshake looks at each new connection before it is used
     */
    JmxConnection(JmxOptions options, Handshake handshake) {
        this(options, () -> connect(options), handshake);
    }

    JmxConnection(JmxOptions options, Connecting connecting, Handshake handshake) {
        this.connecting = connecting;
        this.handshake = handshake;
        this.errors = new JmxErrors(options);
        this.threads = new ThreadPoolExecutor(
                0, MAX_CALLS, IDLE_THREAD.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "cassandra-jmx-" + options.port());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Makes a connection. */
    @FunctionalInterface
    interface Connecting {
        JMXConnector connect() throws IOException;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    interface Call<T> {
        T on(JmxSession session) throws JMException, IOException;
    }

    /** Refuses a connection to what is not the expected node, by throwing {@link KeyValueStoreException}. */
    @FunctionalInterface
    interface Handshake {
        void check(JmxSession session) throws JMException, IOException;
    }

    /**
     * Makes a call.
     *
     * @param action what could not be done if it fails, for example {@code "take snapshot 'x'"}
     * @param limit how long to wait, connecting included
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when the node can't be reached, is not the expected one, or
     *     does not answer in time; {@link ErrorCode#INTERRUPTED}
     * @throws CallRefusedException when the node has answered with an error
     */
    <T> T call(String action, Duration limit, Call<T> call) throws CallRefusedException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(action, null); // nobody waits for the answer, which may come before that is noticed
        }
        Future<T> answer;
        try {
            answer = threads.submit(() -> run(call));
        } catch (RejectedExecutionException e) {
            throw errors.tooManyCalls(action, MAX_CALLS, e);
        }
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw errors.translate(action, e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            discard(current());
            throw errors.noAnswer(action, limit, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw interrupted(action, e);
        }
    }

    private static KeyValueStoreException interrupted(String action, InterruptedException cause) {
        return new KeyValueStoreException(
                ErrorCode.INTERRUPTED, "interrupted while waiting to " + action, "Run the same command again.", cause);
    }

    private <T> T run(Call<T> call) throws JMException, IOException {
        JmxSession used = connected();
        try {
            return call.on(used);
        } catch (IOException e) {
            if (!JmxErrors.isAnswer(e)) {
                discard(used);
            }
            throw e;
        } finally {
            if (used.leave()) {
                closeLater(used);
            }
        }
    }

    /** Returns a connection that the caller leaves after use. */
    private JmxSession connected() throws JMException, IOException {
        JmxSession known = current();
        if (known != null && known.enter()) {
            if (known.isAlive()) {
                return known;
            }
            discard(known);
            if (known.leave()) {
                closeLater(known);
            }
        }
        JmxSession fresh = new JmxSession(connecting.connect());
        fresh.enter();
        boolean isAccepted = false;
        try {
            handshake.check(fresh);
            keep(fresh);
            isAccepted = true;
            return fresh;
        } finally {
            if (!isAccepted) {
                closeLater(fresh);
            }
        }
    }

    /** Makes a connection the one that others use, unless they have one already; then it ends with its first use. */
    private void keep(JmxSession fresh) {
        synchronized (monitor) {
            if (isClosed) {
                throw errors.closed();
            }
            if (session == null) {
                session = fresh;
                return;
            }
        }
        fresh.retire();
    }

    @SuppressWarnings("BanJNDI") // the address is the operator's own; what lies there already controls the node
    private static JMXConnector connect(JmxOptions options) throws IOException {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + options.address() + "/jmxrmi");
        Map<String, Object> environment = new HashMap<>();
        if (!options.user().isEmpty()) {
            environment.put(JMXConnector.CREDENTIALS, new String[] {options.user(), options.password()});
        }
        if (options.isTlsUsed()) {
            environment.put("com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory());
        }
        try {
            return JMXConnectorFactory.connect(url, environment);
        } catch (NullPointerException e) {
            throw new IOException("the node is just starting", e); // there is a registry, and nothing in it yet
        }
    }

    private JmxSession current() {
        synchronized (monitor) {
            return session;
        }
    }

    private void discard(JmxSession broken) {
        if (broken == null) {
            return;
        }
        synchronized (monitor) {
            if (session == broken) {
                session = null;
            }
        }
        if (broken.retire()) {
            closeLater(broken);
        }
    }

    /** Closing says goodbye to the node, which may take as long as any call. */
    private void closeLater(JmxSession unwanted) {
        try {
            threads.execute(() -> {
                try {
                    unwanted.connector().close();
                } catch (IOException e) {
                    // The node drops its end when it notices.
                }
            });
        } catch (RejectedExecutionException e) {
            // The same.
        }
    }

    /** Ends the connection; calls under way fail. */
    @Override
    public void close() {
        JmxSession last;
        synchronized (monitor) {
            isClosed = true;
            last = session;
            session = null;
        }
        if (last != null) {
            last.retire();
            closeLater(last);
        }
        threads.shutdown();
    }
}
