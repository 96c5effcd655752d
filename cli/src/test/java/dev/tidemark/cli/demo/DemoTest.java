package dev.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTest {
    private static final long SEED = 7;

    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
    private final ExecutorService workers = Executors.newCachedThreadPool();

    @TempDir
    private Path temporary;

    @AfterEach
    void stop() {
        tasks.close();
        workers.shutdownNow();
    }

    @Test
    void run_shortWorkload_provesTheRestore() throws InterruptedException {
        DemoSettings settings = new DemoSettings(
                temporary.resolve("demo"),
                Duration.ofSeconds(2),
                WorkloadSettings.withSeed(SEED).withDocuments(500, 8 * 1024));
        List<String> story = new ArrayList<>();

        DemoReport report = new Demo(settings, seams(), story::add).run();

        assertThat(report.checks())
                .as("seed " + SEED + "\n" + String.join("\n", story))
                .isNotEmpty()
                .allMatch(Check::isPassed);
        assertThat(report.isEveryCheckPassed()).isTrue();
        assertThat(report.backups()).hasSize(3);
        assertThat(report.backups().get(2).report().readBytes())
                .isLessThan(report.backups().get(0).report().readBytes());
        assertThat(report.restore().abortedStraddlers()).isPositive();
        assertThat(report.toJson()).containsEntry("passed", true);
        assertThat(story).hasSizeLessThan(70).allMatch(line -> line.length() < 200);
        assertThat(temporary.resolve("demo/tidemark.yml")).exists();
    }

    private EngineSeams seams() {
        return new EngineSeams(
                InstantSource.system(),
                MonotonicClock.system(),
                Sleeper.system(),
                tasks,
                workers,
                new Random(SEED),
                "test");
    }
}
