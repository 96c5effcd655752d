package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.CommandLineRun;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands with which docs/runbooks/oracle-lost.rst begins a sequence anew, run against a server whose bounds are gone. */
@Timeout(60)
class OracleLostRunbookTest {
    private static final Path PAGE = Path.of("../docs/runbooks/oracle-lost.rst");
    private static final Pattern COMMAND = Pattern.compile("(?m)^   \\$ ((?:.*\\\\\n)*.*)$");
    private static final long TARGET = 987_654_321_000L;

    @TempDir
    private Path directory;

    @Test
    void commands_onAnEmptyServer_beginAboveTheTarget() throws Exception {
        try (TimestampServer server = TimestampServer.start(TimestampServer.embedded(
                TimestampServiceSettings.of(directory.resolve("data")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))) {
            Files.writeString(
                    directory.resolve("tidemark.yml"),
                    """
                    archive: {type: filesystem, directory: archive, key: {type: passphrase, file: passphrase}}
                    oracle: {type: http, urls: [%s]}
                    namespaces: {bank: {stores: {main: {type: rocksdb, directory: store}}}}
                    """
                            .formatted(server.endpoint()));
            List<String> commands = commands(server);
            assertThat(commands).hasSize(5);

            run(commands.get(0));
            assertThat(run("tidemark timestamp fetch").exitCode()).as("fenced").isEqualTo(22);
            run(commands.get(1));
            CommandLineRun status = run(commands.get(2));
            assertThat(status.exitCode()).as(status.output()).isZero();
            assertThat(status.output())
                    .containsPattern("(?m)^bank +" + TARGET + " +" + (TARGET + 1_000_000) + " .* oracle-lost +fenced$");
            assertThat(run("tidemark timestamp fetch").exitCode())
                    .as("still fenced")
                    .isEqualTo(22);
            run(commands.get(3));
            assertThat(run(commands.get(4)).output()).contains("The fresh timestamp is: " + (TARGET + 1));
        }
    }

    /** Those of steps 4 and 5 that go to a server. */
    private static List<String> commands(TimestampServer server) throws IOException {
        String page = Files.readString(PAGE);
        String steps = page.substring(page.indexOf("4. Create the namespace"), page.indexOf("Start the other servers"));
        return COMMAND.matcher(steps)
                .results()
                .map((MatchResult match) -> match.group(1))
                .map(command -> command.replaceAll("\\\\\n *", "")
                        .replace("http://127.0.0.1:8421", server.endpoint().toString())
                        .replace("NUMBER", Long.toString(TARGET)))
                .toList();
    }

    private CommandLineRun run(String command) throws IOException, InterruptedException {
        if (command.startsWith("tidemark ")) {
            String[] words = command.split(" ");
            return CommandLineRun.of(Stream.concat(
                    Stream.of("--config", directory.resolve("tidemark.yml").toString()),
                    Arrays.stream(words).skip(1)));
        }
        Process process = new ProcessBuilder("bash", "-c", command.replaceFirst("^curl ", "curl -sS --fail "))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return new CommandLineRun(0, output);
    }
}
