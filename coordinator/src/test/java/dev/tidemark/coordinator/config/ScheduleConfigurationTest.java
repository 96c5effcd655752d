package dev.tidemark.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.schedule.CatchUp;
import dev.tidemark.coordinator.schedule.CronExpression;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.ScheduledWork;
import dev.tidemark.coordinator.schedule.TickState;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleConfigurationTest {
    private static final Path PAGE = Path.of("../docs/schedules.rst");
    private static final Pattern YAML = Pattern.compile("\\.\\. code-block:: yaml\\n\\n((?: {3}.*\\n)+)");
    private static final String HEAD =
            """
            archive: {type: filesystem, directory: a, key: {type: passphrase, file: p}}
            oracle: {type: http, urls: [http://127.0.0.1:8421]}
            """;

    @TempDir
    private Path directory;

    @Test
    void read_onlyWhatIsRequired_hasDefaults() {
        Timetable timetable = read("run: retention, cron: \"@daily\"").timetable();

        assertThat(timetable.schedules("orders"))
                .containsExactly(new Schedule(
                        "nightly",
                        ScheduledWork.RETENTION,
                        CronExpression.parse("@daily"),
                        ZoneId.of("UTC"),
                        Duration.ofHours(1),
                        Duration.ZERO,
                        CatchUp.ONCE,
                        Map.of()));
    }

    @Test
    void read_everything_isTaken() {
        Timetable timetable = read("run: backup, cron: \"5 4 * * *\", zone: Europe/Berlin, window: PT2H, jitter: PT5M, "
                        + "catchUp: all, labels: {tier: nightly}")
                .timetable();

        assertThat(timetable.schedule("orders", "nightly"))
                .isEqualTo(new Schedule(
                        "nightly",
                        ScheduledWork.BACKUP,
                        CronExpression.parse("5 4 * * *"),
                        ZoneId.of("Europe/Berlin"),
                        Duration.ofHours(2),
                        Duration.ofMinutes(5),
                        CatchUp.ALL,
                        Map.of("tier", "nightly")));
    }

    @Test
    void read_noSchedules_isAnEmptyTimetable() {
        Timetable timetable = file(HEAD + "namespaces: {orders: {stores: {main: {type: rocksdb, directory: d}}}}\n")
                .timetable();

        assertThat(timetable.schedules("orders")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cron: '@daily'|'run' is missing",
                "run: backup|'cron' is missing",
                "run: bakup, cron: '@daily'|'run' is 'bakup' (expected: one of backup, verify, retention)",
                "run: BACKUP, cron: '@daily'|'run' is 'BACKUP'",
                "run: backup, cron: '0 25 * * *'|hour '25' (expected: 0..23",
                "run: backup, cron: '0 0 30 2 *'|no date in common",
                "run: backup, cron: '@daily', zone: Mars/Olympus|'Mars/Olympus' (expected: a time zone such as UTC",
                "run: backup, cron: '@daily', window: PT30S|'window' is PT30S (expected: PT1M to P31D)",
                "run: backup, cron: '@daily', window: P32D|'window' is PT768H (expected: PT1M to P31D)",
                "run: backup, cron: '@daily', jitter: PT1H|'jitter' is PT1H (expected: whole seconds",
                "run: backup, cron: '@daily', jitter: PT-1S|'jitter' is PT-1S",
                "run: backup, cron: '@daily', jitter: PT0.5S|'jitter' is PT0.5S",
                "run: backup, cron: '@daily', catchUp: never|'catchUp' is 'never' (expected: one of skip, once, all)",
                "run: verify, cron: '@daily', labels: {a: b}|only backups have labels",
                "run: backup, cron: '@daily', labels: {a: }|label 'a' has no text",
                "run: backup, corn: '@daily'|unknown key 'namespaces.orders.schedules.nightly.corn' (did you mean 'cron'?)"
            })
    void read_whatIsNotAcceptable_isRefusedWithItsPlace(String schedule, String message) {
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> read(schedule.replace('\'', '"')))
                .withMessageContaining(message)
                .withMessageContaining("namespaces.orders.schedules.nightly")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }

    @Test
    void read_nameOfASchedule_isChecked() {
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> file(text("run: backup, cron: \"@daily\"").replace("nightly", "a/b")))
                .withMessageContaining("schedule 'a/b' has a name that is not allowed");
    }

    @Test
    void read_exampleOfTheDocumentation_isAccepted() {
        Timetable timetable = new ConfigurationReader()
                .read(Path.of("../docs/examples/schedules.yml"))
                .timetable();

        assertThat(timetable.namespaces()).containsExactly("invoices", "orders");
        assertThat(timetable.schedules("orders"))
                .extracting(Schedule::name)
                .containsExactly("hourly", "nightly", "retention", "verify");
        assertThat(timetable.schedule("orders", "hourly").catchUp()).isEqualTo(CatchUp.SKIP);
    }

    @Test
    void read_snippetOfThePage_isAccepted() throws IOException {
        List<String> snippets = YAML.matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1).replaceAll("(?m)^ {3}", ""))
                .toList();

        assertThat(snippets).hasSize(1);
        assertThat(file(HEAD + snippets.get(0)).timetable().schedules("orders"))
                .extracting(Schedule::name)
                .containsExactly("nightly", "retention");
    }

    @Test
    void pages_nameEveryState() throws IOException {
        String page = Files.readString(PAGE);
        String format = Files.readString(Path.of("../docs/archive-format.rst"));

        assertThat(Arrays.asList(TickState.values())).allSatisfy(state -> {
            assertThat(format).contains("``" + state + "``");
            assertThat(state == TickState.BEGUN ? "``" + state + "``" : page).contains("``" + state + "``");
        });
    }

    private TidemarkConfiguration read(String schedule) {
        return file(text(schedule));
    }

    private static String text(String schedule) {
        return HEAD + "namespaces: {orders: {stores: {main: {type: rocksdb, directory: d}}, schedules: {nightly: {"
                + schedule + "}}}}\n";
    }

    private TidemarkConfiguration file(String text) {
        try {
            Path file = directory.resolve("tidemark.yml");
            Files.writeString(file, text);
            return new ConfigurationReader().read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
