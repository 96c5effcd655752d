package dev.tidemark.kvs.rocksdb;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets other processes of this machine ask the owner of a store for what only the owner can do:
 *
 * <pre>
 * GET  /description     what the store is and holds
 * POST /snapshots/TAG   take the snapshot; 204 when it is there
 * </pre>
 *
 * Everything else about snapshots needs no owner: whoever may read the directory reads the files there, and drops them there.
 *
 * <p>It listens on the loopback interface on a port that the system chooses. A caller presents the token of {@code owner.json}, a
 * file that only the user of the owner can read; so the right to ask is the right to read the store's files. Bodies of requests
 * are not read, and a caller that sends only a part of a request, or does not take the answer, is cut off.
 */
final class SnapshotEndpoint implements AutoCloseable {
    static final String DESCRIPTION = "/description";
    static final String SNAPSHOTS = "/snapshots/";
    static final String SCHEME = "Bearer ";

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotEndpoint.class);
    private static final int TOKEN_BYTES = 32;
    /** For a caller on the same machine, which has nothing to send but a few headers. */
    private static final Duration PATIENCE_WITH_CALLER = Duration.ofSeconds(10);

    private static final int BACKLOG = 16;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int NO_CONTENT = 204;
    private static final int OK = 200;
    private static final int INTERNAL_ERROR = 500;

    private final StoreDirectory directory;
    private final RocksDbStore store;
    private final byte[] authorization;
    private final HttpServer server;
    private final RequestThreads threads;

    private SnapshotEndpoint(
            StoreDirectory directory, RocksDbStore store, String token, HttpServer server, RequestThreads threads) {
        this.directory = directory;
        this.store = store;
        this.authorization = (SCHEME + token).getBytes(StandardCharsets.US_ASCII);
        this.server = server;
        this.threads = threads;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
    }

    /** Starts to listen, and says where in {@code owner.json}. */
    static SnapshotEndpoint start(StoreDirectory directory, RocksDbStore store, RandomGenerator random) {
        return start(directory, store, random, PATIENCE_WITH_CALLER);
    }

    static SnapshotEndpoint start(
            StoreDirectory directory, RocksDbStore store, RandomGenerator random, Duration patienceWithCaller) {
        byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        String token = HexFormat.of().formatHex(secret);
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            SnapshotEndpoint endpoint =
                    new SnapshotEndpoint(directory, store, token, server, new RequestThreads(patienceWithCaller));
            startAsDaemon(server);
            boolean isAnnounced = false;
            try {
                new OwnerFile(ProcessHandle.current().pid(), server.getAddress().getPort(), token).write(directory);
                isAnnounced = true;
            } finally {
                if (!isAnnounced) {
                    endpoint.close();
                }
            }
            return endpoint;
        } catch (IOException e) {
            throw FileErrors.translate("serve snapshots of", directory.root(), e);
        }
    }

    /** The server's own thread takes over whether it keeps the process alive; an application that just ends must end. */
    private static void startAsDaemon(HttpServer server) throws IOException {
        Thread starter = new Thread(server::start, "rocksdb-snapshots-start");
        starter.setDaemon(true);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.stop(0);
            throw new InterruptedIOException("interrupted while the endpoint was started");
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String presented = exchange.getRequestHeaders().getFirst("Authorization");
            if (presented == null
                    || !MessageDigest.isEqual(presented.getBytes(StandardCharsets.US_ASCII), authorization)) {
                exchange.sendResponseHeaders(UNAUTHORIZED, -1);
                return;
            }
            answer(exchange);
        } catch (IOException e) {
            LOG.warn("A request for store '{}' got no answer", directory, e);
            throw e;
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            String request =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            if (request.equals("GET " + DESCRIPTION)) {
                StoreDescription description =
                        threads.unwatched(() -> store.cluster().describe());
                send(exchange, OK, EndpointMessages.encode(description));
                return;
            }
            if (request.startsWith("POST " + SNAPSHOTS)) {
                SnapshotTag tag = tag(request.substring(("POST " + SNAPSHOTS).length()));
                threads.unwatched(() -> {
                    store.node().snapshot(tag);
                    return null;
                });
                LOG.info("Snapshot '{}' of store '{}' was taken for another process", tag, directory);
                exchange.sendResponseHeaders(NO_CONTENT, -1);
                return;
            }
            exchange.sendResponseHeaders(NOT_FOUND, -1);
        } catch (TidemarkException e) {
            send(exchange, e.code().httpStatus(), EndpointMessages.encode(e));
        } catch (RuntimeException e) {
            LOG.error("A request for store '{}' failed", directory, e);
            exchange.sendResponseHeaders(INTERNAL_ERROR, -1);
        }
    }

    private static SnapshotTag tag(String text) {
        try {
            return new SnapshotTag(text);
        } catch (IllegalArgumentException e) {
            throw new KeyValueStoreException(ErrorCode.INVALID_INPUT, e.getMessage(), "Use another tag.", e);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Stops at once; a snapshot that is being taken is finished before the store closes. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(directory.ownerFile());
        } catch (IOException e) {
            LOG.warn("'{}' could not be removed; it is worth nothing without the lock", directory.ownerFile(), e);
        }
        server.stop(0);
        threads.close();
    }
}
