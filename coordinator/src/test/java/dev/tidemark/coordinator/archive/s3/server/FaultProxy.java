package dev.tidemark.coordinator.archive.s3.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Stands between a client and an S3 server and does to requests what networks and stores do on bad days: as a script says, or by
 * chance from a seed. Passes on everything else unchanged, so that signatures stay valid. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int MAX_REMEMBERED = 10_000;

    private final URI upstream;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Deque<Planned> script = new ArrayDeque<>();
    private final Map<Fault, Integer> provoked = new EnumMap<>(Fault.class);
    private final Deque<HttpMessage> requests = new ArrayDeque<>();
    private final AtomicLong untilReset = new AtomicLong(Long.MAX_VALUE);

    private Random random = new Random(0);
    private double share;
    private Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private long resetEvery;
    private volatile int bytesPerSecond;

    private FaultProxy(URI upstream, ServerSocket listener) {
        this.upstream = upstream;
        this.listener = listener;
    }

    /** Begins to listen on a free port of the loopback address. */
    public static FaultProxy start(URI upstream) throws IOException {
        FaultProxy proxy = new FaultProxy(upstream, new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    /** Returns the address that clients use. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Lets the next request that fits have a fault. Several wait for their requests side by side. */
    public void next(Fault fault, Predicate<HttpMessage> request) {
        times(1, fault, request);
    }

    /** Lets the next requests that fit have a fault. */
    public synchronized void times(int count, Fault fault, Predicate<HttpMessage> request) {
        for (int i = 0; i < count; i++) {
            script.add(new Planned(fault, request));
        }
    }

    /** Lets a share of all requests have a fault, each kind that fits a request with the same probability. */
    public synchronized void atRandom(long seed, double shareOfRequests, Set<Fault> kinds) {
        random = new Random(seed);
        share = shareOfRequests;
        faults = EnumSet.copyOf(kinds);
    }

    /** Lets answers come at this rate; 0 is as fast as they can. */
    public void slow(int newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /** Resets whichever connection has just passed on that many bytes of answers since the last reset. */
    public synchronized void resetEvery(long bytes) {
        resetEvery = bytes;
        untilReset.set(bytes);
    }

    /** Ends all faults. */
    public synchronized void calm() {
        script.clear();
        share = 0;
        resetEvery = 0;
        untilReset.set(Long.MAX_VALUE);
        bytesPerSecond = 0;
    }

    /** Returns how often each fault has happened. */
    public synchronized Map<Fault, Integer> provoked() {
        return new EnumMap<>(provoked);
    }

    /** Returns the last requests without their bodies, oldest first. */
    public synchronized List<HttpMessage> requests() {
        return new ArrayList<>(requests);
    }

    /** Forgets the requests so far. */
    public synchronized void forget() {
        requests.clear();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        threads.shutdownNow();
    }

    URI upstream() {
        return upstream;
    }

    int bytesPerSecond() {
        return bytesPerSecond;
    }

    CountDownLatch closed() {
        return closed;
    }

    /** Takes bytes from what may pass before the next reset; returns how many of them may. */
    int pass(int bytes) {
        long left = untilReset.addAndGet(-bytes);
        if (left >= 0) {
            return bytes;
        }
        synchronized (this) {
            untilReset.set(resetEvery == 0 ? Long.MAX_VALUE : resetEvery);
        }
        return (int) Math.max(0, bytes + left);
    }

    /** Returns what is going to happen to a request. */
    synchronized Optional<Fault> decide(HttpMessage request) {
        requests.add(new HttpMessage(request.start(), request.headers(), new byte[0]));
        if (requests.size() > MAX_REMEMBERED) {
            requests.remove();
        }
        Optional<Fault> fault = planned(request);
        fault.ifPresent(kind -> provoked.merge(kind, 1, Integer::sum));
        return fault;
    }

    private Optional<Fault> planned(HttpMessage request) {
        for (Iterator<Planned> i = script.iterator(); i.hasNext(); ) {
            Planned planned = i.next();
            if (planned.fault().fits(request) && planned.request().test(request)) {
                i.remove();
                return Optional.of(planned.fault());
            }
        }
        if (share == 0 || random.nextDouble() >= share) {
            return Optional.empty();
        }
        List<Fault> fitting =
                faults.stream().filter(fault -> fault.fits(request)).toList();
        return fitting.isEmpty() ? Optional.empty() : Optional.of(fitting.get(random.nextInt(fitting.size())));
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                client.setTcpNoDelay(true);
                threads.execute(() -> new ProxiedConnection(this, client).run());
            } catch (IOException e) {
                return; // The proxy was closed.
            }
        }
    }

    private record Planned(Fault fault, Predicate<HttpMessage> request) {}
}
