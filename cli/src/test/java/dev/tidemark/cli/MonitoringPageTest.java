package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.ServiceConfiguration;
import dev.tidemark.coordinator.service.ServiceServer;
import dev.tidemark.coordinator.service.notification.NotificationEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of docs/monitoring.rst are sections that the service accepts, and what it refuses it names. */
class MonitoringPageTest {
    private static final Pattern BLOCK = Pattern.compile("(?m)^\\.\\. code-block:: yaml\n\n((?:   .*\n|\n)+)");

    @TempDir
    private Path directory;

    @BeforeEach
    void configure() {
        CommandRun.configure(directory);
        append("access:\n  tokens: [{name: ann, role: admin, sha256: " + "ab".repeat(32) + "}]\n");
    }

    @Test
    void examples_ofThePage_areAccepted() throws IOException {
        String page = Files.readString(Path.of("../docs/monitoring.rst"));
        List<String> sections = BLOCK.matcher(page)
                .results()
                .map((MatchResult match) -> match.group(1).replaceAll("(?m)^   ", ""))
                .filter(block -> !block.startsWith("namespaces:"))
                .toList();
        assertThat(sections).hasSize(4);
        sections.forEach(section -> append(section.replaceAll("\\$\\{[A-Z_]+}", "from-the-environment")));

        ServiceConfiguration configuration = read();

        assertThat(configuration.notifications().remindEvery()).isEqualTo(Duration.ofHours(12));
        assertThat(configuration.notifications().webhooks().get("chat").events())
                .containsExactlyInAnyOrder(
                        NotificationEvent.ORDER_FAILED, NotificationEvent.STATE_CHANGED, NotificationEvent.RECOVERED);
        assertThat(configuration.notifications().mails().get("operators").port())
                .isEqualTo(587);
        assertThat(configuration.tracing().orElseThrow().endpoint()).hasToString("http://127.0.0.1:4318/v1/traces");
        assertThat(configuration.getHealthFactory()).isPresent();
    }

    @Test
    void sections_leftOut_haveTheirDefaults() {
        ServiceConfiguration configuration = read();

        assertThat(configuration.monitoring().interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(configuration.monitoring().coverageInterval()).isEqualTo(Duration.ofHours(1));
        assertThat(configuration.notifications().webhooks()).isEmpty();
        assertThat(configuration.notifications().remindEvery()).isEqualTo(Duration.ofDays(1));
        assertThat(configuration.tracing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "monitoring: {intervall: PT1M}|interval",
                "monitoring: {interval: PT0S}|'interval' is PT0S",
                "notifications: {webhook: {}}|webhooks",
                "notifications: {webhooks: {x: {url: 'ftp://h'}}}|'url' is not acceptable",
                "notifications: {webhooks: {x: {url: 'http://h', events: [order-lost]}}}|'order-lost' is no event",
                "notifications: {webhooks: {x: {url: 'http://h', delivery: {attempts: 0}}}}|'attempts' is 0",
                "notifications: {mails: {x: {host: h, from: a@b}}}|'to' has 0 addresses",
                "notifications: {mails: {x: {host: h, security: ssl}}}|(expected: none, starttls or tls)",
                "notifications: {allowAddresses: [here]}|no range of addresses",
                "notifications: {remindEvery: PT1S}|'remindEvery' is PT1S",
                "tracing: {}|'endpoint' is not acceptable",
            })
    void sections_withAMistake_areRefusedWithIt(String section, String expected) {
        append(section + "\n");

        assertThatThrownBy(this::read)
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining(expected)
                .satisfies(e -> assertThat(((CoordinatorException) e).hint()).isNotEmpty());
    }

    /** The command line leaves the service's sections alone. */
    @Test
    void sections_ofTheService_doNotDisturbOtherCommands() {
        append(
                "monitoring: {interval: PT5S}\nnotifications: {remindEvery: PT1H}\ntracing: {endpoint: 'http://h/v1'}\n");

        assertThat(CommandRun.in(directory, "archive", "init").exitCode()).isZero();
    }

    private ServiceConfiguration read() {
        try (Session session = new Session(Surroundings.system(), new GlobalOptions())) {
            EngineSeams seams = session.seams();
            return ServiceServer.readConfiguration(directory.resolve("tidemark.yml"), seams);
        }
    }

    private void append(String text) {
        try {
            Files.writeString(directory.resolve("tidemark.yml"), text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
