package dev.tidemark.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the examples of one page in one shell, so that a change of the directory or of a variable lasts. */
public final class ExampleRunner {
    private final Path directory;
    private final Map<String, String> environment;
    private final Duration limit;

    /**
     * Creates a runner.
     *
     * @param directory where the first example runs
     * @param environment added to this process's
     * @param limit for all examples of a page together
     */
    public ExampleRunner(Path directory, Map<String, String> environment, Duration limit) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
        this.limit = limit;
    }

    /**
     * Runs the examples; stops at the first one that does something else than its page says.
     *
     * @throws AssertionError with page, line, command and output
     */
    public void run(String page, List<Example> examples) throws IOException, InterruptedException {
        Path results = Files.createTempDirectory("examples");
        Path script = results.resolve("script");
        Files.writeString(script, script(results, examples));
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString())
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(results.resolve("log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(page + ": the examples have not ended after " + limit.toSeconds() + " s");
        }
        for (int i = 0; i < examples.size(); i++) {
            check(page, examples.get(i), results, i);
        }
    }

    private static void check(String page, Example example, Path results, int number) throws IOException {
        Path code = results.resolve(number + ".code");
        String out = read(results.resolve(number + ".out"));
        String err = read(results.resolve(number + ".err"));
        int exitCode = Files.exists(code) ? Integer.parseInt(read(code).strip()) : -1;
        if (exitCode == example.exitCode() && example.matches(exitCode == 0 ? out : err)) {
            return;
        }
        throw new AssertionError(page + ":" + example.line() + ": $ " + example.command() + "\nexit code " + exitCode
                + " (expected: " + example.exitCode() + ")\n--- expected\n" + String.join("\n", example.expected())
                + "\n--- standard output\n" + out + "\n--- standard error\n" + err);
    }

    /** A command that fails ends the script, since those after it build on it. */
    private static String script(Path results, List<Example> examples) {
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < examples.size(); i++) {
            String prefix = "'" + results.resolve(Integer.toString(i)) + "'";
            script.append("{ ")
                    .append(examples.get(i).command())
                    .append("\n} >" + prefix + ".out 2>" + prefix + ".err\n")
                    .append("code=$?; echo $code >" + prefix + ".code\n")
                    .append("[ $code -eq " + examples.get(i).exitCode() + " ] || exit 1\n");
        }
        return script.toString();
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }
}
