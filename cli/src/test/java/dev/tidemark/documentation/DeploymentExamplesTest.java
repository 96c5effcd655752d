package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.cli.CommandLineRun;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.HookConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The units and the image definition start commands that exist, without privileges and without secrets. */
class DeploymentExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples");
    private static final String MAIN = "dev.tidemark.cli.Tidemark";
    private static final String SECRET =
            "(?i)(passphrase|password|token|secret|credential|api_?key)[A-Z_]*\\s*[=:]\\s*\\S";

    static Stream<Path> units() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("systemd"))) {
            return files.sorted().toList().stream();
        }
    }

    static Stream<Path> services() throws IOException {
        return units().filter(unit -> unit.toString().endsWith(".service"));
    }

    @ParameterizedTest
    @MethodSource("services")
    void service_always_startsACommandThatExists(Path unit) throws IOException {
        List<String> command =
                List.of(Unit.read(unit).one("Service", "ExecStart").split(" ", -1));

        assertThat(command.get(0)).isEqualTo("/usr/bin/java");
        assertThat(command).containsSequence("-cp", "/opt/tidemark/tidemark-cli.jar", MAIN);
        assertIsACommand(command.subList(command.indexOf(MAIN) + 1, command.size()));
    }

    @ParameterizedTest
    @MethodSource("services")
    void service_always_hasNoPrivileges(Path unit) throws IOException {
        Unit read = Unit.read(unit);

        assertThat(read.one("Service", "User")).isNotEmpty().isNotEqualTo("root");
        assertThat(read.one("Service", "NoNewPrivileges")).isEqualTo("yes");
        assertThat(read.one("Service", "CapabilityBoundingSet")).isEmpty();
        assertThat(read.one("Service", "ProtectSystem")).isEqualTo("strict");
        assertThat(read.one("Service", "UMask")).isEqualTo("0077");
        for (String protection : List.of("ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID")) {
            assertThat(read.one("Service", protection)).as(protection).isEqualTo("yes");
        }
        assertThat(Files.readString(unit)).doesNotContainPattern(SECRET);
    }

    @ParameterizedTest
    @MethodSource("units")
    void unit_thatNamesAnother_namesOneThatIsThere(Path unit) throws IOException {
        if (unit.toString().endsWith(".timer")) {
            assertThat(unit.resolveSibling(Unit.read(unit).one("Timer", "Unit")))
                    .exists();
        }
        assertThat(Unit.read(unit).sections()).contains("Unit");
    }

    @Test
    void container_always_startsTheCommandLineAsNobodyInParticular() throws IOException {
        List<String> lines = Files.readAllLines(EXAMPLES.resolve("container/Containerfile")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();

        assertThat(lines)
                .allMatch(line ->
                        line.matches("(FROM|WORKDIR|COPY|RUN|USER|VOLUME|EXPOSE|STOPSIGNAL|ENTRYPOINT|CMD) .+"));
        int image = lines.lastIndexOf(lines.stream()
                .filter(line -> line.startsWith("FROM "))
                .reduce((first, second) -> second)
                .orElseThrow());
        List<String> last = lines.subList(image, lines.size());
        String user = last.stream()
                .filter(line -> line.startsWith("USER "))
                .reduce((first, second) -> second)
                .orElseThrow();
        assertThat(user).matches("USER [1-9][0-9]+:[1-9][0-9]+");
        assertThat(last.indexOf(user)).isLessThan(last.size() - 1);
        List<String> entry = words(last, "ENTRYPOINT");
        assertThat(entry).endsWith(MAIN).contains("/opt/tidemark/tidemark-cli.jar");
        assertThat(last).anyMatch(line -> line.endsWith("/cli/target/tidemark-cli.jar /opt/tidemark/tidemark-cli.jar"));
        assertThat(Files.readString(Path.of("pom.xml"))).contains("<finalName>tidemark-cli</finalName>");
        assertIsACommand(words(last, "CMD"));
        assertThat(String.join("\n", lines)).doesNotContainPattern(SECRET).doesNotContain("ENV ", "ARG ");
    }

    @Test
    void serverConfiguration_always_isAcceptedWithHooksAndAnOrder() {
        var configuration = new ConfigurationReader().read(EXAMPLES.resolve("server.yml"));

        var orders = configuration.namespaces().get("orders");
        assertThat(orders.hooks())
                .extracting(HookConfiguration::when)
                .containsExactly("before-restore", "after-restore", "after-backup");
        assertThat(orders.stores().get("index").after()).containsExactly("main");
    }

    /** It is understood, and gets as far as its configuration, which is not there. */
    private static void assertIsACommand(List<String> arguments) {
        CommandLineRun run = CommandLineRun.of(arguments.stream());

        assertThat(run.exitCode()).as(run.output()).isEqualTo(10);
        assertThat(run.output())
                .containsPattern(Pattern.quote(arguments.get(arguments.size() - 1)) + "('? does not exist| not found)");
        assertThat(CommandLineRun.of(Stream.concat(arguments.stream(), Stream.of("--no-such-option")))
                        .exitCode())
                .isEqualTo(2);
    }

    private static List<String> words(List<String> lines, String instruction) throws IOException {
        String json = lines.stream()
                .filter(line -> line.startsWith(instruction + " "))
                .findFirst()
                .orElseThrow()
                .substring(instruction.length() + 1);
        return Arrays.asList(new ObjectMapper().readValue(json, String[].class));
    }
}
