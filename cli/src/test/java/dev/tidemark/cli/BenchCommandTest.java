package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says nothing of speed: each benchmark runs tiny, and what is checked is that everything is there. */
@Execution(ExecutionMode.CONCURRENT)
class BenchCommandTest {
    @TempDir
    private Path directory;

    @Test
    void benchArchive_asJson_hasEveryFigureAndTheMachine() {
        CommandRun run = CommandRun.in(
                directory, "bench", "archive", "--size", "2MiB", "--directory", "scratch", "--repeat", "2", "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.err()).isEmpty();
        JsonNode report = run.json();
        assertThat(report.get("benchmark").textValue()).isEqualTo("archive");
        assertThat(report.get("size").longValue()).isEqualTo(2 << 20);
        assertThat(report.get("sizeUnit").textValue()).isEqualTo("bytes");
        assertThat(report.get("seed").longValue()).isEqualTo(1);
        assertThat(report.get("repeats").intValue()).isEqualTo(2);
        assertThat(report.get("repeatDurationsMillis")).hasSize(2);
        assertThat(Instant.parse(report.get("startedAt").textValue())).isBeforeOrEqualTo(Instant.now());
        assertThat(report.get("version").textValue()).isNotEmpty();
        JsonNode machine = report.get("machine");
        assertThat(machine.get("cores").intValue()).isPositive();
        assertThat(machine.get("memoryBytes").longValue()).isPositive();
        assertThat(machine.get("maxHeapBytes").longValue()).isPositive();
        for (String name : List.of("cpu", "jdk", "operatingSystem", "filesystem")) {
            assertThat(machine.get(name).textValue()).as(name).isNotEmpty();
        }
        assertThat(machine.get("loadAverage").isNumber()).isTrue();
        assertThat(figures(report, "bytes/s", "bytes"))
                .containsExactly(
                        "first backup / bare loop: SHA-256, zstd, AES-GCM, 2 threads",
                        "first backup / plain copy with fsync, 2 threads",
                        "backup, nothing changed / first backup",
                        "backup, 1 % changed / first backup",
                        "restore / first backup",
                        "restore / plain copy with fsync, 2 threads",
                        "verification, level 2 / bare loop: AES-GCM, zstd, SHA-256, 2 threads",
                        "stored, first backup / its files",
                        "stored, three backups / their files",
                        "heap after a collection, most / largest heap");
        assertThat(directory.resolve("scratch")).doesNotExist();
    }

    @Test
    void benchArchive_forAPerson_isATable() throws IOException {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));

        CommandRun run =
                CommandRun.in(directory, "bench", "archive", "--size", "1MiB", "--directory", "scratch", "--seed", "7");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).startsWith("Benchmark 'archive', 1 MiB, seed 7, 1 repeat; tidemark ");
        assertThat(run.out())
                .containsPattern("(?m)^MEASURED +VALUE +BASELINE +VALUE +RATIO +LOWEST +HIGHEST$")
                .containsPattern("(?m)^first backup +[0-9.]+ [KM]iB/s +bare loop: .* [0-9.]+$")
                .containsPattern("(?m)^restore +[0-9.]+ [KM]iB/s +first backup +[0-9.]+ [KM]iB/s +[0-9.]+");
        assertThat(run.err()).contains("the first backup\n", "restore\n");
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void benchTimestamps_asJson_hasEveryFigureAndTarget() {
        JsonNode report = tiny("timestamps", "20");

        assertThat(figures(report, "timestamps/s", "requests/s", "us"))
                .containsExactly(
                        "in process, 1 thread / AtomicLong, 1 thread",
                        "in process, 4 threads / AtomicLong, 4 threads",
                        "HTTP, 1 connection, p50 / web framework alone, 1 connection, p50",
                        "HTTP, 64 connections / web framework alone, 64 connections",
                        "HTTP, 64 connections, p50 / web framework alone, 64 connections, p50",
                        "HTTP, 64 connections, p99 / web framework alone, 64 connections, p99",
                        "HTTP, 64 connections, server CPU / web framework alone, 64 connections, server CPU",
                        "HTTP, 64 connections, p99 / bounds in memory, 64 connections, p99",
                        "HTTP, 10000 at a time / HTTP, 1 at a time",
                        "HTTP, 10000 at a time, p50 / HTTP, 1 at a time, p50",
                        "client, 256 threads / HTTP, 64 connections",
                        "client, 256 threads, server CPU / HTTP, 64 connections, server CPU",
                        "client, 256 asynchronous callers / client, 256 threads",
                        "client, 256 asynchronous callers, server CPU / client, 256 threads, server CPU");
        List<String> measured = new ArrayList<>();
        for (JsonNode target : report.get("targets")) {
            assertThat(target.has("reached")).isEqualTo(target.has("isReached"));
            if (target.has("reached")) {
                measured.add(target.get("name").textValue());
            }
        }
        assertThat(measured).containsExactly("T2", "T5", "T7", "T7", "T8");
    }

    @Test
    void benchTransactions_asJson_hasEveryFigure() {
        assertThat(figures(tiny("transactions", "20"), "transactions/s"))
                .containsExactly(
                        "transactions, 1 thread / bare writes with a sync, 1 thread",
                        "transactions, 16 threads / bare writes with a sync, 16 threads");
    }

    /** More than a batch of aborts. */
    @Test
    void benchClean_asJson_hasEveryFigureOfEachSchema() {
        List<String> expected = new ArrayList<>();
        for (int schema = 1; schema <= 3; schema++) {
            String iterator = "bare iterator, schema " + schema + ", 1 thread";
            expected.add("clean, nothing to abort, schema " + schema + ", 1 thread / " + iterator);
            expected.add("clean, nothing to abort, schema " + schema + ", 2 threads / " + iterator);
            expected.add("clean, all to abort, schema " + schema
                    + ", 2 threads / bare iterator and writes, 1000 with a sync");
        }
        expected.add("heap after a collection, most / largest heap");

        assertThat(figures(tiny("clean", "2500"), "entries/s", "aborts/s", "bytes"))
                .isEqualTo(expected);
    }

    @Test
    void benchRewind_asJson_hasEveryFigure() {
        assertThat(figures(tiny("rewind", "1500"), "commits/s", "bytes"))
                .containsExactly(
                        "rewind / bare iterator, 1 thread",
                        "undo / rewind",
                        "heap after a collection, most / largest heap");
    }

    @Test
    void benchObjects_asJson_hasEveryFigure() {
        assertThat(figures(tiny("objects", "1000"), "objects/s", "s", "bytes"))
                .containsExactly(
                        "list / bare walk",
                        "verification, level 1 / bare walk",
                        "plan of gc / bare walk",
                        "all three / bare walk",
                        "heap after a collection, most / largest heap");
    }

    @Test
    void benchService_asJson_hasEveryFigure() {
        assertThat(figures(tiny("service", "200"), "ms", "bytes"))
                .containsExactly(
                        "start, to the first list / 1 namespace",
                        "list of namespaces, p99 / 1 namespace",
                        "states of namespaces, p99 / 1 namespace",
                        "backups of a namespace, p99 / 1 namespace",
                        "page of the dashboard, p99 / 1 namespace",
                        "heap after a collection, most / largest heap");
    }

    private JsonNode tiny(String benchmark, String size) {
        CommandRun run =
                CommandRun.in(directory, "bench", benchmark, "--size", size, "--directory", "scratch", "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.json().get("benchmark").textValue()).isEqualTo(benchmark);
        assertThat(directory.resolve("scratch")).doesNotExist();
        return run.json();
    }

    @ParameterizedTest
    @CsvSource({
        "--size, 12 apples",
        "--size, -1",
        "--size, 1k",
        "--size, 99999999999999999999",
        "--size, 1023KiB",
        "--size, 9999999GiB",
        "--repeat, 0",
        "--repeat, 101",
        "--repeat, often",
        "--seed, x"
    })
    void benchArchive_withAValueThatIsNone_isRefused(String option, String value) {
        CommandRun run = CommandRun.in(directory, "bench", "archive", option + "=" + value);

        assertThat(run.exitCode()).isEqualTo(ErrorCode.USAGE.exitCode());
        assertThat(run.err()).contains(value).contains("HINT: ");
    }

    @Test
    void benchArchive_inADirectoryThatIsNotEmpty_isRefusedAndChangesNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("precious"), "1");

        CommandRun run = CommandRun.in(directory, "bench", "archive", "--directory", ".");

        assertThat(run.exitCode()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW.exitCode());
        assertThat(run.err()).contains("is not empty (expected: an empty directory, or none)");
        assertThat(directory).isDirectoryContaining(path -> path.equals(file));
    }

    @Test
    void benchArchive_inAFile_isRefused() throws IOException {
        Files.writeString(directory.resolve("file"), "1");

        CommandRun run = CommandRun.in(directory, "bench", "archive", "--directory", "file");

        assertThat(run.exitCode()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW.exitCode());
        assertThat(run.err()).contains("is not a directory");
    }

    @ParameterizedTest
    @CsvSource({
        "--contact-point,127.0.0.1,--contact-point is '127.0.0.1'",
        "--jmx,:7199,--jmx is ':7199'",
        "--jmx,localhost:70000,--jmx is 'localhost:70000'",
        "--entries,99,--entries is 99",
        "--size,1KiB,--size"
    })
    void benchCassandra_withAValueThatIsNone_isRefused(String option, String value, String message) {
        Map<String, String> options = new TreeMap<>(
                Map.of("--contact-point", "127.0.0.1:1", "--jmx", "127.0.0.1:2", "--data-directory", "data"));
        options.put(option, value);
        List<String> arguments = new ArrayList<>(List.of("bench", "cassandra"));
        options.forEach((name, text) -> arguments.addAll(List.of(name, text)));

        CommandRun run = CommandRun.in(directory, arguments.toArray(String[]::new));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ErrorCode.USAGE.exitCode());
        assertThat(run.err()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "archives"})
    void bench_withoutABenchmarkThatThereIs_saysWhichThereAre(String name) {
        CommandRun run = name.isEmpty() ? CommandRun.in(directory, "bench") : CommandRun.in(directory, "bench", name);

        assertThat(run.exitCode()).isEqualTo(ErrorCode.USAGE.exitCode());
        assertThat(run.err()).contains("archive").contains("HINT: ");
    }

    /** Returns what the figures are called, after a look at each. */
    private static List<String> figures(JsonNode report, String... units) {
        List<String> names = new ArrayList<>();
        for (JsonNode figure : report.get("figures")) {
            String name = figure.get("name").textValue() + " / "
                    + figure.get("baseline").textValue();
            double value = figure.get("value").doubleValue();
            double baseline = figure.get("baselineValue").doubleValue();
            double ratio = figure.get("ratio").doubleValue();
            assertThat(value).as(name).isPositive();
            assertThat(baseline).as(name).isPositive();
            assertThat(ratio).as(name).isEqualTo(value / baseline, within(1e-9 * ratio));
            assertThat(ratio)
                    .as(name)
                    .isBetween(
                            figure.get("lowestRatio").doubleValue(),
                            figure.get("highestRatio").doubleValue());
            assertThat(figure.get("unit").textValue()).as(name).isIn((Object[]) units);
            assertThat(figure.get("better").textValue())
                    .as(name)
                    .isEqualTo(figure.get("unit").textValue().endsWith("/s") ? "higher" : "lower");
            names.add(name);
        }
        return names;
    }
}
