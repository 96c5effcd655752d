package dev.tidemark.coordinator.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.timestamp.web.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that has its store in its own process and backs it up by a task of its admin port. */
@Timeout(120)
class BackupBundleTest {
    @TempDir
    private Path directory;

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
    private final NewToken token = NewToken.create("ann", Role.ADMIN, null, null, new SecureRandom());
    private EmbeddedApplication application;
    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), "k".repeat(32));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path file = Files.writeString(
                directory.resolve("tidemark.yml"), section() + "oracle: {type: file, directory: o}\n");
        try (Wiring wiring = new Wiring(new ConfigurationReader().read(file), variable -> null, seams())) {
            wiring.createArchive();
        }
        startApplication();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        application.close();
        tasks.close();
        workers.shutdownNow();
    }

    @Test
    void backupAndRestore_byTheApplicationsOwnTasks_bringItsStoreBack() throws Exception {
        application.put("a", "1");

        assertThat(task("backup?namespace=notes")).contains("\nok backup-");
        assertThat(application.get("a")).as("the application goes on").isEqualTo("1");
        application.put("a", "2");
        application.put("b", "2");
        String refused = task("restore?namespace=notes&backup=latest");
        assertThat(refused).contains("error STORE_NOT_EMPTY");
        assertThat(application.get("b")).as("it is open again").isEqualTo("2");

        assertThat(task("restore?namespace=notes&backup=latest&replaceExisting=true"))
                .contains("\nok restore-");

        assertThat(application.get("a")).isEqualTo("1");
        assertThat(application.get("b")).isNull();
        application.put("c", "3");
        assertThat(task("backup?namespace=notes")).contains("\nok backup-");
    }

    @Test
    void restore_afterTheStoreIsDamaged_bringsItBack() throws Exception {
        application.put("a", "1");
        assertThat(task("backup?namespace=notes")).contains("\nok backup-");
        application.release("notes");
        try (var files = Files.list(directory.resolve("store"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".sst")).toList()) {
                Files.writeString(file, "damaged");
            }
        }

        assertThat(task("restore?namespace=notes&backup=latest&replaceExisting=true"))
                .contains("\nok restore-");

        assertThat(application.get("a")).isEqualTo("1");
    }

    @Test
    void health_withoutABackup_isRedUntilThereIsOne() throws Exception {
        application.put("a", "1");

        assertThat(health()).contains("\"backup\":{\"healthy\":false").contains("'notes' has no backup");
        task("backup?namespace=notes");

        assertThat(health()).contains("\"backup\":{\"healthy\":true");
    }

    @Test
    void orders_ofAProcessThatIsGone_areKnownToTheNextOne() throws Exception {
        application.put("a", "1");
        assertThat(task("backup?namespace=notes&wait=false", "Idempotency-Key", "once"))
                .contains("\nok ");
        server.close();
        application.close();

        startApplication();

        assertThat(task("backup?namespace=notes", "Idempotency-Key", "once")).contains("\nok backup-");
        try (var manifests = Files.list(directory.resolve("archive/ns/notes/manifests"))) {
            assertThat(manifests).hasSize(1);
        }
    }

    @Test
    void tasks_withoutAToken_areRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("backup?namespace=notes"))
                .POST(BodyPublishers.noBody())
                .build();

        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void section_whatBelongsToTheService_isRefused() {
        assertThatThrownBy(() -> new BackupSection(null, null, null, null)).hasMessageContaining("'access' is missing");
        assertThatThrownBy(() -> read(section() + access().replace("]}", "], approval: {operations: [restore]}}")))
                .hasMessageContaining("'access.approval' demands approvals");
        String schedule = "schedules: {nightly: {run: backup, cron: '@daily'}}, stores:";
        assertThatThrownBy(() -> read(section().replace("stores:", schedule) + access()))
                .hasMessageContaining("namespace 'notes' has schedules");
    }

    private BackupSection read(String text) throws IOException {
        YAMLMapper mapper = new YAMLMapper();
        ConfigurationReader.teach(mapper, directory);
        return mapper.readValue(text, BackupSection.class);
    }

    private void startApplication() throws Exception {
        application = new EmbeddedApplication(directory, seams(), section() + access());
        server = WebServer.start(
                application, application.configuration(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static String section() {
        return """
                archive: {type: filesystem, directory: archive, key: {type: key-file, file: key}}
                namespaces: {notes: {stores: {main: {type: rocksdb, directory: store}}}}
                """;
    }

    private String access() {
        return "access: {tokens: [{name: ann, role: admin, sha256: "
                + token.entry().sha256() + "}]}\n";
    }

    private String task(String pathAndQuery, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(pathAndQuery))
                .header("Authorization", "Bearer " + token.token())
                .POST(BodyPublishers.noBody());
        List<String> more = List.of(headers);
        if (!more.isEmpty()) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString())
                .body();
    }

    private URI uri(String task) {
        return URI.create("http://127.0.0.1:" + server.adminPort() + "/tasks/" + task);
    }

    private String health() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + "/healthcheck");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private EngineSeams seams() {
        return new EngineSeams(
                InstantSource.system(),
                MonotonicClock.system(),
                Sleeper.system(),
                tasks,
                workers,
                new SecureRandom(),
                "test");
    }
}
