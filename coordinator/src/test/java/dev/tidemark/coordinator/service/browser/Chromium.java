package dev.tidemark.coordinator.service.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium. Each page is in a profile of its own, which knows nothing of the others. */
public final class Chromium implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final String READY = "DevTools listening on ";
    private static final int MAX_LINES = 200;

    private final Process process;
    private final Path profile;
    private final DevTools devTools;

    private Chromium(Process process, Path profile, DevTools devTools) {
        this.process = process;
        this.profile = profile;
        this.devTools = devTools;
    }

    /** Starts the browser of this machine. Without one the test that asks is not run, and says so. */
    public static Chromium start() {
        Optional<Path> program = find();
        Assumptions.assumeTrue(
                program.isPresent(),
                "the browser test was NOT run: this machine has none of " + NAMES + " (see docs/contributing.rst)");
        try {
            Path profile = Files.createTempDirectory("tidemark-chromium");
            Process process = new ProcessBuilder(
                            program.orElseThrow().toString(),
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-extensions",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--no-first-run",
                            "--hide-scrollbars",
                            "--lang=en-GB",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Chromium(process, profile, DevTools.connect(address(process)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> find() {
        return NAMES.stream()
                .flatMap(name ->
                        Stream.of(System.getenv("PATH").split(":", -1)).map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The stream stays open: a browser that can't write what it has to say would stop. */
    private static URI address(Process process) throws IOException {
        BufferedReader lines = process.errorReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (int number = 0; number < MAX_LINES; number++) {
            String line = lines.readLine();
            if (line == null) {
                break;
            }
            if (line.startsWith(READY)) {
                Thread drain = new Thread(() -> lines.lines().forEach(ignored -> {}), "chromium-errors");
                drain.setDaemon(true);
                drain.start();
                return URI.create(line.substring(READY.length()).strip());
            }
            said.append(line).append('\n');
        }
        process.destroyForcibly();
        throw new IOException("Chromium did not start: " + said);
    }

    /** Opens an empty page. */
    public BrowserPage open() {
        String profileId = devTools.call("", "Target.createBrowserContext", Map.of())
                .get("browserContextId")
                .textValue();
        String target = devTools.call(
                        "",
                        "Target.createTarget",
                        Map.of("url", "about:blank", "browserContextId", profileId, "width", 1280, "height", 900))
                .get("targetId")
                .textValue();
        JsonNode attached = devTools.call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true));
        return new BrowserPage(devTools, attached.get("sessionId").textValue());
    }

    @Override
    public void close() {
        devTools.close();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            deleteProfile();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Processes of the browser that end a little later may still write: what stays is a few files in a temporary directory. */
    private void deleteProfile() {
        try (Stream<Path> paths = Files.walk(profile)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            profile.toFile().deleteOnExit();
        }
    }
}
