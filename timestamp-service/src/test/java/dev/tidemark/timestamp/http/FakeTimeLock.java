package dev.tidemark.timestamp.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A cluster of TimeLock nodes with one namespace, {@code orders}, as clients see it: one node leads, the others send clients to it, and
 * with a new leader all locks are gone. A test decides who leads, and what goes wrong with the next answer of a node.
 */
final class FakeTimeLock implements AutoCloseable {
    static final String NAMESPACE = "orders";

    private static final int NOBODY = -1;
    private static final Pattern IDS = Pattern.compile("\"requestId\":\"([^\"]*)\"");

    private final List<Node> nodes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private int leader;
    private long lastTimestamp;
    private final Set<String> locks = new HashSet<>();

    /** Starts nodes, of which the first leads. */
    FakeTimeLock(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(i));
        }
    }

    /** Makes another node lead: all locks are lost, timestamps go on far above the last one. */
    synchronized void lead(int node) {
        leader = node;
        lastTimestamp += 1_000_000;
        locks.clear();
    }

    /** Lets the nodes elect: nobody leads until {@link #lead}. */
    synchronized void elect() {
        leader = NOBODY;
    }

    /** Lets the oracle forget timestamps, as no TimeLock may. */
    synchronized void goBackTo(long timestamp) {
        lastTimestamp = timestamp;
    }

    synchronized long lastTimestamp() {
        return lastTimestamp;
    }

    /** Lets something go wrong with the next answers of a node, one after the other. */
    void next(int node, Trouble... troubles) {
        Collections.addAll(nodes.get(node).troubles, troubles);
    }

    /** Lets something go wrong with every answer of a node. */
    void always(int node, Trouble trouble) {
        nodes.get(node).lasting = trouble;
    }

    URI uri(int node) {
        return nodes.get(node).uri();
    }

    URI[] uris() {
        return nodes.stream().map(Node::uri).toArray(URI[]::new);
    }

    /** Returns the paths for which a node was asked. */
    List<String> paths(int node) {
        return List.copyOf(nodes.get(node).paths);
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.http.stop(0));
        threads.shutdownNow();
    }

    /** What goes wrong with an answer, after the request was read. */
    @FunctionalInterface
    interface Trouble {
        void answer(HttpExchange exchange) throws IOException;

        static Trouble status(int status, String body, String... headers) {
            return exchange -> {
                for (int i = 0; i < headers.length; i += 2) {
                    exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
                }
                send(exchange, status, body);
            };
        }

        static Trouble redirect(URI location) {
            return status(308, "", "Location", location.toString());
        }

        /** The connection ends without an answer. */
        static Trouble dropped() {
            return HttpExchange::close;
        }

        /** The headers come and the body never does. */
        static Trouble hanging() {
            return exchange -> exchange.sendResponseHeaders(200, 100);
        }

        /** The answer comes in two parts, and the connection ends between them. */
        static Trouble torn() {
            return exchange -> {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write("{\"inclus".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                exchange.close();
            };
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized String answer(String path, String body) {
        return switch (path.replaceAll("\\?.*", "")) {
            case "/tl/management/getNamespaces" -> "[\"" + NAMESPACE + "\"]";
            case "/tl/ts/orders" -> {
                long first = lastTimestamp + 1;
                lastTimestamp += Long.parseLong(body.replaceAll("\\D", ""));
                yield "{\"inclusiveLower\":" + first + ",\"inclusiveUpper\":" + lastTimestamp + "}";
            }
            case "/orders/timelock/lock-immutable-timestamp" -> {
                locks.addAll(ids(body));
                yield "{\"immutableTimestamp\":" + ++lastTimestamp + ",\"lock\":" + body + "}";
            }
            case "/orders/timelock/refresh-locks-v2" ->
                "{\"refreshedTokens\":" + tokens(alive(body)) + ",\"lease\":{\"leaderTime\":{\"id\":"
                        + "\"a36d33c9-d120-4f40-8270-ee29a97c717b\",\"currentTime\":1},\"validity\":\"PT8S\"}}";
            case "/orders/timelock/unlock" -> {
                Set<String> unlocked = alive(body);
                locks.removeAll(unlocked);
                yield tokens(unlocked);
            }
            case "/orders/timelock/immutable-timestamp" -> Long.toString(lastTimestamp);
            default -> "";
        };
    }

    private Set<String> alive(String body) {
        Set<String> ids = ids(body);
        ids.retainAll(locks);
        return ids;
    }

    private static Set<String> ids(String body) {
        Set<String> ids = new HashSet<>();
        Matcher matcher = IDS.matcher(body);
        while (matcher.find()) {
            ids.add(matcher.group(1));
        }
        return ids;
    }

    private static String tokens(Set<String> ids) {
        return ids.stream().map(id -> "{\"requestId\":\"" + id + "\"}").collect(Collectors.joining(",", "[", "]"));
    }

    private synchronized int leader() {
        return leader;
    }

    private final class Node {
        private final int number;
        private final HttpServer http;
        private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();
        private final Queue<String> paths = new ConcurrentLinkedQueue<>();
        private volatile Trouble lasting;

        private Node(int number) throws IOException {
            this.number = number;
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.setExecutor(threads);
            http.createContext("/", this::handle);
            http.start();
        }

        private URI uri() {
            return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
        }

        private void handle(HttpExchange exchange) throws IOException {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().toString();
            paths.add(path);
            Trouble trouble = troubles.poll();
            trouble = trouble == null ? lasting : trouble;
            int leads = leader();
            if (trouble != null) {
                trouble.answer(exchange);
            } else if (leads == number) {
                lead(exchange, path, body);
            } else {
                follow(exchange, leads, path);
            }
        }

        private void lead(HttpExchange exchange, String path, String body) throws IOException {
            String answer = answer(path, body);
            if (answer.isEmpty()) {
                send(
                        exchange,
                        404,
                        "{\"errorCode\":\"NOT_FOUND\",\"errorName\":\"Default:NotFound\",\"parameters\":{}}");
            } else {
                send(exchange, 200, answer);
            }
        }

        /** Newer paths redirect everybody, older ones those who say that they can follow. */
        private void follow(HttpExchange exchange, int leads, String path) throws IOException {
            String agent = String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"));
            boolean canFollow = path.startsWith("/tl/") || agent.contains("atlasdb-http-client/2.0");
            if (leads == NOBODY || !canFollow) {
                send(exchange, 503, "");
                return;
            }
            exchange.getResponseHeaders().add("Location", nodes.get(leads).uri() + path);
            send(exchange, 308, "");
        }
    }
}
