package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.documentation.Example;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.postgres.FailoverPolicy;
import dev.tidemark.timestamp.postgres.PostgresBoundStore;
import dev.tidemark.timestamp.postgres.PostgresTestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark timestamp migrate} from a real PostgreSQL server. */
class MigrateIT {
    private static PostgresTestServer server;
    private static int schemas;

    @TempDir
    private Path directory;

    private String schema;

    @BeforeAll
    static void startServer(@TempDir Path directory) {
        server = PostgresTestServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        schema = "m" + ++schemas;
        server.run(
                "CREATE SCHEMA " + schema,
                "CREATE TABLE " + schema + "._timestamp (last_allocated int8 NOT NULL)",
                "INSERT INTO " + schema + "._timestamp VALUES (7654321)");
        Files.writeString(
                directory.resolve("from.yml"),
                "{type: postgres, url: '" + server.url() + "', user: postgres, timeout: 10s, schema: " + schema + "}");
        Files.writeString(
                directory.resolve("file.yml"), "oracle: {dataDirectory: '" + directory.resolve("oracle") + "'}");
        Files.writeString(
                directory.resolve("postgres.yml"),
                "oracle: {leader: {lease: 2s}, store: {type: postgres, url: '" + server.url()
                        + "', user: postgres, schema: t" + schema + "}}");
    }

    @Test
    void migrate_intoFiles_goesOnAboveTheLimit() {
        CommandRun plan = migrate("file.yml", "--dry-run");
        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.out()).contains("Nothing was changed", "limit 7654321", "AtlasDB issues nothing");

        CommandRun run = migrate("file.yml");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Namespace 'orders' goes on at 7654322.");
        try (BoundStore store = FileBoundStore.open(directory.resolve("oracle"))) {
            assertThat(store.read("orders").bound()).isGreaterThan(7_654_321);
            assertThat(store.read("orders").fence()).isEmpty();
        }
        CommandRun again = migrate("file.yml");
        assertThat(again.exitCode()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW.exitCode());
        assertThat(again.err()).contains("--already-invalidated");
        JsonNode document =
                migrate("file.yml", "--already-invalidated", "--json").json();
        assertThat(document.get("target").asText()).isEqualTo("above");
        assertThat(document.get("next").isNull()).isTrue();
        assertThat(document.get("limit").asLong()).isEqualTo(7_654_321);
    }

    /** The commands of the runbook, in this process. */
    @Test
    void runbook_withAtlasDbsTable_doesWhatItSays() throws IOException {
        server.run("ALTER TABLE " + schema + "._timestamp SET SCHEMA public");
        Files.writeString(
                directory.resolve("from.yml"), "{type: postgres, url: '" + server.url() + "', user: postgres}");
        Files.move(directory.resolve("file.yml"), directory.resolve("timestamp-service.yml"));
        List<String> page = Files.readAllLines(Path.of("../docs/runbooks/migrating-an-oracle.rst"));

        for (Example example : Example.of(page)) {
            String[] arguments = example.command().replace("tidemark ", "").split(" ");
            CommandRun run = CommandRun.in(directory, arguments);

            assertThat(run.exitCode()).as(example.command() + "\n" + run.err()).isEqualTo(example.exitCode());
            assertThat(example.matches(run.exitCode() == 0 ? run.out() : run.err()))
                    .as(example.expected() + "\n" + run.out())
                    .isTrue();
        }
    }

    @Test
    void migrate_intoPostgres_takesOverFromADeadServer() {
        LeaderRecord dead = new LeaderRecord(4, 9, "dead", "", Duration.ofSeconds(1), false);
        try (SharedBoundStore store = target()) {
            store.replaceLeader(Optional.empty(), dead);
        }

        JsonNode document = migrate("postgres.yml", "--json").json();

        assertThat(document.get("next").asLong()).isEqualTo(7_654_322);
        try (SharedBoundStore store = target()) {
            assertThat(store.read("orders").epoch()).isEqualTo(5);
            assertThat(store.leader().orElseThrow().isReleased()).isTrue();
        }
    }

    @Test
    void migrate_whileAServerLeads_isRefused() throws Exception {
        try (SharedBoundStore store = target()) {
            Thread renewing = new Thread(() -> renewUntilInterrupted(store));
            renewing.start();
            CommandRun run = migrate("postgres.yml");
            renewing.interrupt();
            renewing.join();

            assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW.exitCode());
            assertThat(run.err()).contains("Stop every server");
            assertThat(store.namespaces()).isEmpty();
        }
        assertThat(migrate("file.yml", "--dry-run").out()).contains("which AtlasDB can use");
    }

    @Test
    void migrate_fencedOrImpossibleNamespace_isRefused() {
        CommandRun refused = migrate("file.yml", "--namespace", "leader");
        assertThat(refused.exitCode()).isEqualTo(ErrorCode.INVALID_INPUT.exitCode());
        try (BoundStore store = FileBoundStore.open(directory.resolve("oracle"))) {
            store.create("orders", BoundState.INITIAL.withFenceId("restore-1"));
        }
        assertThat(migrate("file.yml").exitCode()).isEqualTo(ErrorCode.FENCE_CONFLICT.exitCode());
    }

    @Test
    void migrate_badInput_saysWhatToCorrect() throws IOException {
        assertThat(CommandRun.in(directory, "timestamp", "migrate", "--into", "file.yml", "--from", "from.yml")
                        .exitCode())
                .isEqualTo(ErrorCode.USAGE.exitCode());
        Files.writeString(
                directory.resolve("from.yml"),
                "{type: postgres, url: '" + server.url() + "', user: postgres, passwort: secret-1}");
        CommandRun misspelt = migrate("file.yml");
        assertThat(misspelt.exitCode()).isEqualTo(ErrorCode.INVALID_CONFIGURATION.exitCode());
        assertThat(misspelt.err()).contains("passwort").contains("password").doesNotContain("secret-1");
        Files.writeString(
                directory.resolve("from.yml"),
                "{type: postgres, url: 'jdbc:postgresql://u:secret-1@x/y', user: postgres}");
        assertThat(migrate("file.yml").err()).contains("credentials").doesNotContain("secret-1");
    }

    private static void renewUntilInterrupted(SharedBoundStore store) {
        LeaderRecord record = new LeaderRecord(1, 1, "alive", "", Duration.ofSeconds(2), false);
        store.replaceLeader(Optional.empty(), record);
        try {
            while (!Thread.interrupted()) {
                LeaderRecord next = record.renewed(record.renewal() + 1);
                store.replaceLeader(Optional.of(record), next);
                record = next;
                Thread.sleep(200);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SharedBoundStore target() {
        return PostgresBoundStore.open(server.server(), "t" + schema, FailoverPolicy.STOP);
    }

    private CommandRun migrate(String into, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("timestamp", "migrate", "--into", into, "--from", "from.yml", "--namespace", "orders"));
        if (List.of(more).contains("--namespace")) {
            arguments = arguments.subList(0, 6);
        }
        arguments.addAll(List.of(more));
        return CommandRun.in(directory, arguments.toArray(new String[0]));
    }
}
