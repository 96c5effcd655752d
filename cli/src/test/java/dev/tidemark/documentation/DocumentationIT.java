package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executes the commands of the pages with the launcher, against what a demonstration leaves behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentationIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private Path directory;

    private Path demo;

    /** The classes that the demonstration has loaded: each of the many commands starts in a third less time. */
    private Path classes;

    @BeforeAll
    void runDemo(@TempDir Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        demo = directory.resolve("demo");
        classes = directory.resolve("classes.jsa");
        List<Example> examples = List.of(new Example(1, "tidemark demo --dir demo --seconds 3", 0, List.of()));
        run(directory, "demo", examples, "-XX:ArchiveClassesAtExit=" + classes);
    }

    @Test
    void readme_always_namesTheTwoCommands() throws IOException {
        assertThat(examples("README.rst").stream().map(Example::command))
                .containsExactly("./tidemark demo", "mvn -B verify");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void quickstart_inAnEmptyDirectory_doesWhatItSays() throws IOException, InterruptedException {
        Path empty = Files.createDirectory(directory.resolve("quickstart"));

        run(empty, "quickstart.rst", examples("docs/quickstart.rst"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "restore-after-total-loss",
                "failed-backup",
                "missed-backup",
                "lost-key",
                "damaged-archive",
                "moving-an-archive",
                "rewind-after-a-bad-deployment",
                "two-leaders",
                "oracle-lost",
                "oracle-split",
                "immutable-timestamp-stands-still",
                "upgrade"
            })
    @Execution(ExecutionMode.CONCURRENT)
    void runbook_withAStoreOfTheDemo_doesWhatItSays(String name) throws IOException, InterruptedException {
        List<Example> copy = List.of(new Example(1, "cp -a '" + demo + "' " + name, 0, List.of()));
        run(directory, name, copy);

        run(directory.resolve(name), name + ".rst", examples("docs/runbooks/" + name + ".rst"));
    }

    /** A backup whose last object has no place in the archive: it is given back, with everything but that done. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void runbookStuckOperation_afterABackupThatGaveUp_doesWhatItSays() throws IOException, InterruptedException {
        String copies = "stuck-operation/archive/ns/bank/manifestcopies";
        List<Example> giveUp = Stream.of(
                        "cp -a '" + demo + "' stuck-operation",
                        "printf 'operations:\\n  lockLease: PT1S\\n' >>stuck-operation/tidemark.yml",
                        "mv " + copies + " kept && touch " + copies,
                        "! (cd stuck-operation && tidemark backup bank)",
                        "rm " + copies + " && mv kept " + copies + " && sleep 4")
                .map(command -> new Example(1, command, 0, List.of()))
                .toList();
        run(directory, "stuck-operation", giveUp);

        run(directory.resolve("stuck-operation"), "stuck-operation.rst", examples("docs/runbooks/stuck-operation.rst"));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void retentionPage_withAStoreOfTheDemo_doesWhatItSays() throws IOException, InterruptedException {
        run(directory, "retention", List.of(new Example(1, "cp -a '" + demo + "' retention", 0, List.of())));

        run(directory.resolve("retention"), "retention.rst", examples("docs/retention.rst"));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void verificationPage_withAStoreOfTheDemo_doesWhatItSays() throws IOException, InterruptedException {
        run(directory, "verification", List.of(new Example(1, "cp -a '" + demo + "' verification", 0, List.of())));

        run(directory.resolve("verification"), "verification.rst", examples("docs/verification.rst"));
    }

    private static List<Example> examples(String page) throws IOException {
        return Example.of(Files.readAllLines(ROOT.resolve(page)));
    }

    private void run(Path directory, String page, List<Example> examples) throws IOException, InterruptedException {
        run(directory, page, examples, "-XX:SharedArchiveFile=" + classes);
    }

    private static void run(Path directory, String page, List<Example> examples, String archiveOption)
            throws IOException, InterruptedException {
        Map<String, String> environment = Map.of(
                "PATH",
                ROOT + ":" + System.getenv("PATH"),
                "TIDEMARK_BUILD",
                "never",
                "TIDEMARK_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:cds=off -Xlog:cds+dynamic=off " + archiveOption);
        new ExampleRunner(directory, environment, LIMIT).run(page, examples);
    }
}
