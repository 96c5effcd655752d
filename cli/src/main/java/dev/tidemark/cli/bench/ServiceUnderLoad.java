package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.ServiceServer;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/** A service in this process, and four clients that ask it one thing after another. */
final class ServiceUnderLoad {
    private static final int CLIENTS = 4;
    private static final int REQUESTS_OF_A_CLIENT = 100;
    private static final double PERCENTILE = 0.99;
    private static final double NANOS_IN_A_MILLI = 1e6;
    private static final int OK = 200;
    private static final String TOKEN_FILE = "token";

    private final URI endpoint;
    private final String token;
    private final EngineSeams seams;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServiceUnderLoad(URI endpoint, String token, EngineSeams seams) {
        this.endpoint = endpoint;
        this.token = token;
        this.seams = seams;
    }

    static String namespace(int number) {
        return "bench-" + number;
    }

    /** Writes the configuration of a service over the archive in a directory; returns its file. */
    static Path configure(Path directory, byte[] secret, int namespaces, RandomGenerator random) throws IOException {
        NewToken viewer = NewToken.create("bench", Role.VIEWER, null, null, random);
        Files.writeString(directory.resolve(TOKEN_FILE), viewer.token());
        Path key = Files.createFile(
                directory.resolve("archive.key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(key, secret);
        StringBuilder text = new StringBuilder(
                """
                archive:
                  type: filesystem
                  directory: archive
                  key: {type: key-file, file: archive.key}
                oracle: {type: file, directory: oracle}
                access:
                  tokens: [{name: bench, role: viewer, sha256: %s}]
                  rateLimit: {requestsPerSecond: 100000, burst: 100000}
                server:
                  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
                  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
                  requestLog: {appenders: []}
                logging: {level: WARN, appenders: [{type: console, target: stderr}]}
                namespaces:
                """
                        .formatted(viewer.entry().sha256()));
        for (int i = 0; i < namespaces; i++) {
            text.append("  %s:%n    schedules: {yearly: {run: backup, cron: \"@yearly\"}}%n".formatted(namespace(i)))
                    .append("    stores: {main: {type: rocksdb, directory: stores/%d}}%n".formatted(i));
        }
        Path file = directory.resolve("tidemark.yml");
        Files.writeString(file, text);
        return file;
    }

    /** Starts a service; returns how many milliseconds that took, and of each thing that is asked the 99th percentile. */
    static Map<String, Double> measure(Path configuration, EngineSeams seams) throws InterruptedException {
        long from = seams.monotonicClock().nanoTime();
        try (ServiceServer server = ServiceServer.start(
                ServiceServer.readConfiguration(configuration, seams), seams, variable -> null, Decoration.NONE)) {
            String token = Files.readString(configuration.resolveSibling(TOKEN_FILE));
            ServiceUnderLoad load = new ServiceUnderLoad(server.endpoint(), token, seams);
            load.requireAnswer("/api/v1/namespaces");
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("start, to the first list", load.millisSince(from));
            figures.put("list of namespaces, p99", load.percentile("/api/v1/namespaces"));
            figures.put("states of namespaces, p99", load.percentile("/api/v1/status"));
            figures.put(
                    "backups of a namespace, p99", load.percentile("/api/v1/namespaces/" + namespace(0) + "/backups"));
            figures.put("page of the dashboard, p99", load.percentile("/"));
            return figures;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double percentile(String path) throws InterruptedException {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<double[]>> work = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                work.add(() -> ask(path));
            }
            double[] all = new double[0];
            for (Future<double[]> result : clients.invokeAll(work)) {
                double[] next = result.get();
                all = Arrays.copyOf(all, all.length + next.length);
                System.arraycopy(next, 0, all, all.length - next.length, next.length);
            }
            Arrays.sort(all);
            return all[(int) Math.ceil(PERCENTILE * all.length) - 1];
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client has failed", e.getCause());
        } finally {
            clients.shutdownNow();
        }
    }

    private double[] ask(String path) throws IOException, InterruptedException {
        double[] millis = new double[REQUESTS_OF_A_CLIENT];
        for (int i = 0; i < millis.length; i++) {
            long from = seams.monotonicClock().nanoTime();
            requireAnswer(path);
            millis[i] = millisSince(from);
        }
        return millis;
    }

    private void requireAnswer(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(endpoint.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IllegalStateException("GET " + path + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    private double millisSince(long nanos) {
        return (seams.monotonicClock().nanoTime() - nanos) / NANOS_IN_A_MILLI;
    }
}
