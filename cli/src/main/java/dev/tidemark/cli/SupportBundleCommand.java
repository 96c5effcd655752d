package dev.tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.cli.support.RedactedConfiguration;
import dev.tidemark.cli.support.SupportBundle;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.config.NamespaceConfiguration;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.coordinator.schedule.TickStatus;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.StatusReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Collects what somebody needs to know who helps from afar. */
@Command(
        name = "support-bundle",
        description = {
            "Write a zip file with the version, the configuration without secrets, the status of all namespaces, their last",
            "operations and schedules, facts about the archive and this machine's Java, and the service's log.",
            "Works while the archive does not: what can't be read says why."
        })
final class SupportBundleCommand implements Callable<Integer> {
    private static final int MAX_OPERATIONS = 50;
    private static final int MAX_TICKS = 50;
    private static final Duration SCHEDULES_SINCE = Duration.ofDays(14);
    private static final int MAX_LOG_BYTES = 1024 * 1024;
    private static final int MAX_LOGS = 10;

    private final Session session;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "A new file. Default: tidemark-support-TIME.zip here.")
    private Path output;

    SupportBundleCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Instant now = session.surroundings().clock().instant();
        Path file = session.resolve(output == null ? Path.of(defaultName(now)) : output);
        SupportBundle bundle = bundle(now);
        session.note("Writing '" + file + "' with:\n" + table(bundle.contents())
                + "Secrets are left out as far as they can be told; look through it before you hand it on.");
        Map<String, String> failed = bundle.write(file);
        StringBuilder text = new StringBuilder("Wrote '" + file + "'.\n");
        failed.forEach((name, reason) -> text.append("WARNING: " + name + " could not be read: " + reason + "\n"));
        session.show(
                Json.object(
                        "file", file.toString(), "entries", bundle.contents().keySet(), "notRead", failed),
                text.toString());
        return 0;
    }

    private SupportBundle bundle(Instant now) {
        SupportBundle bundle = new SupportBundle(now)
                .add(
                        "version.txt",
                        "the version of this program",
                        () -> String.join("\n", new Tidemark.Version().getVersion()))
                .add("java.txt", "the Java that runs it, and the machine", SupportBundleCommand::javaFacts)
                .add(
                        "configuration.yml",
                        "the configuration, without secrets and comments",
                        () -> RedactedConfiguration.of(Files.readString(session.configurationFile())))
                .add("archive.json", "the archive: its place, its format, what its store guarantees", this::archive)
                .add("status.json", "how each namespace is", () -> Json.text(statuses(now)))
                .add("operations.json", "the last operations of each namespace", () -> Json.text(operations()))
                .add(
                        "schedules.json",
                        "the schedules, and what became of their last ticks",
                        () -> Json.text(schedules(now)));
        logs().forEach(log -> bundle.add(
                "logs/" + log.getFileName(), "the end of the service's log '" + log + "'", () -> endOf(log)));
        return bundle;
    }

    private String archive() {
        Archive archive = session.wiring().archive();
        return Json.text(Json.object(
                "archive", archive.id(),
                "location", archive.store().location(),
                "format", archive.header().format(),
                "createdAt", archive.header().createdAt(),
                "chunkSizeBytes", archive.header().chunkSizeBytes(),
                "probe", archive.header().probe(),
                "namespaces", archive.namespaces()));
    }

    private List<Map<String, Object>> statuses(Instant now) {
        Map<String, NamespaceConfiguration> namespaces = session.configuration().namespaces();
        StatusReader reader = session.wiring()
                .statusReader(LockWatch.remembering(session.surroundings().monotonicClock()));
        return namespaces.keySet().stream()
                .map(name -> StatusCommand.json(
                        reader.read(name, namespaces.get(name).objective().toObjectives(), now)))
                .toList();
    }

    private Map<String, Object> operations() {
        Archive archive = session.wiring().archive();
        Map<String, Object> found = new TreeMap<>();
        for (String name : session.configuration().namespaces().keySet()) {
            found.put(name, archive.namespaces().contains(name) ? operations(archive, name) : List.of());
        }
        return found;
    }

    private List<Map<String, Object>> operations(Archive archive, String namespace) {
        Duration lease = session.configuration().operations().lockLease();
        return new Operations(archive.records(namespace), lease, session.seams())
                .journal().listSince(Instant.EPOCH).operations().stream()
                        .limit(MAX_OPERATIONS)
                        .map(OperationCommands::json)
                        .toList();
    }

    private List<Map<String, Object>> schedules(Instant now) {
        Archive archive = session.wiring().archive();
        Timetable timetable = session.configuration().timetable();
        Scheduler scheduler = new Scheduler(timetable, archive::records, run -> {}, session.seams());
        List<Map<String, Object>> found = new ArrayList<>();
        for (String namespace : session.configuration().namespaces().keySet()) {
            boolean isThere = archive.namespaces().contains(namespace);
            for (Schedule schedule : timetable.schedules(namespace)) {
                List<TickStatus> ticks = isThere
                        ? scheduler.history(namespace, schedule.name(), now.minus(SCHEDULES_SINCE), MAX_TICKS)
                        : List.of();
                found.add(Json.object(
                        "namespace",
                        namespace,
                        "schedule",
                        schedule.name(),
                        "run",
                        schedule.work().name(),
                        "cron",
                        schedule.cron().toString(),
                        "ticks",
                        ticks.stream().map(SupportBundleCommand::json).toList()));
            }
        }
        return found;
    }

    private static Map<String, Object> json(TickStatus tick) {
        return Json.object(
                "tick", tick.tick(),
                "state", tick.state().name(),
                "attempt", tick.attempt(),
                "at", tick.at(),
                "host", tick.host(),
                "operation", tick.operationId());
    }

    /** Files that the section {@code logging} names; none when it can't be read, which the configuration's entry shows. */
    private List<Path> logs() {
        try {
            JsonNode tree =
                    new YAMLMapper().readTree(session.configurationFile().toFile());
            return tree.path("logging").path("appenders").findValuesAsText("currentLogFilename").stream()
                    .distinct()
                    .limit(MAX_LOGS)
                    .map(name -> session.resolve(Path.of(name)))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The first line may be cut: it goes, since half of a secret is not found any more. */
    private static String endOf(Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(0, file.length() - MAX_LOG_BYTES);
            byte[] end = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(end);
            String text = new String(end, StandardCharsets.UTF_8);
            return from == 0 ? text : text.substring(text.indexOf('\n') + 1);
        }
    }

    /** Arguments and environment variables stay out: both may be secrets. */
    private static String javaFacts() {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        Runtime process = Runtime.getRuntime();
        return String.join(
                "\n",
                "java: " + runtime.getVmName() + " " + runtime.getVmVersion() + " (" + runtime.getVmVendor() + ")",
                "system: " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                "processors: " + process.availableProcessors(),
                "maxHeapBytes: " + process.maxMemory(),
                "encoding: " + System.getProperty("file.encoding"),
                "zone: " + System.getProperty("user.timezone"),
                "");
    }

    private static String defaultName(Instant now) {
        return "tidemark-support-"
                + now.truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[-:]", "") + ".zip";
    }

    private static String table(Map<String, String> contents) {
        Table table = new Table("ENTRY", "CONTENT");
        contents.forEach(table::row);
        return table.toString();
    }
}
