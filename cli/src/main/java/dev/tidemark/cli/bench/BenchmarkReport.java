package dev.tidemark.cli.bench;

import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a benchmark has found.
 *
 * @param benchmark which one
 * @param size its size
 * @param seed its seed
 * @param version version of Tidemark
 * @param startedAt when it began
 * @param machine what it ran on
 * @param repeatDurations how long each repeat took, preparation included
 * @param figures one for each thing that was measured
 */
public record BenchmarkReport(
        Benchmark benchmark,
        long size,
        long seed,
        String version,
        Instant startedAt,
        Machine machine,
        List<Duration> repeatDurations,
        List<FigureSummary> figures) {
    /** Copies the lists. */
    public BenchmarkReport {
        repeatDurations = List.copyOf(repeatDurations);
        figures = List.copyOf(figures);
    }

    /** Returns the document of {@code --json}. */
    public Map<String, Object> toJson() {
        return Json.object(
                "benchmark", benchmark.name(),
                "size", size,
                "sizeUnit", benchmark.size().unit(),
                "seed", seed,
                "repeats", repeatDurations.size(),
                "version", version,
                "startedAt", startedAt,
                "repeatDurationsMillis",
                        repeatDurations.stream().map(Duration::toMillis).toList(),
                "machine",
                        Json.object(
                                "cores", machine.cores(),
                                "cpu", machine.cpu(),
                                "memoryBytes", machine.memoryBytes(),
                                "maxHeapBytes", machine.maxHeapBytes(),
                                "jdk", machine.jdk(),
                                "operatingSystem", machine.operatingSystem(),
                                "filesystem", machine.filesystem(),
                                "loadAverage", machine.loadAverage()),
                "figures", figures.stream().map(BenchmarkReport::json).toList(),
                "targets", benchmark.targets().stream().map(this::targetJson).toList());
    }

    /** Returns a table with the machine above it. */
    public String toText() {
        Table table = new Table("MEASURED", ">VALUE", "BASELINE", ">VALUE", ">RATIO", ">LOWEST", ">HIGHEST");
        for (FigureSummary summary : figures) {
            Figure figure = summary.figure();
            table.row(
                    figure.name(),
                    figure.format(figure.value()),
                    figure.baseline(),
                    figure.format(figure.baselineValue()),
                    Figure.shortNumber(figure.ratio()),
                    Figure.shortNumber(summary.lowestRatio()),
                    Figure.shortNumber(summary.highestRatio()));
        }
        String load = machine.loadAverage() < 0
                ? ""
                : String.format(Locale.ROOT, ", load average before %.1f", machine.loadAverage());
        return "Benchmark '" + benchmark.name() + "', " + benchmark.size().format(size) + ", seed " + seed + ", "
                + HumanFormat.count(repeatDurations.size(), "repeat") + "; tidemark " + version + ", "
                + HumanFormat.time(startedAt) + "\n"
                + "  " + machine.cpu() + ", " + HumanFormat.count(machine.cores(), "core") + ", "
                + HumanFormat.bytes(machine.memoryBytes()) + " of memory, heap of at most "
                + HumanFormat.bytes(machine.maxHeapBytes()) + load + "\n"
                + "  " + machine.operatingSystem() + ", " + machine.jdk() + ", " + machine.filesystem() + "\n\n"
                + table
                + (benchmark.targets().isEmpty() ? "" : "\n" + targets());
    }

    private Table targets() {
        Table table = new Table("TARGET", "FIGURE", "BASELINE", ">ASKED", ">REACHED", "");
        for (Target target : benchmark.targets()) {
            Optional<Figure> figure = figure(target);
            table.row(
                    target.name(),
                    target.figure(),
                    target.baseline(),
                    target.askedText(),
                    figure.map(target::reachedBy).map(Figure::shortNumber).orElse("-"),
                    figure.map(measured -> target.isReachedBy(measured) ? "yes" : "NO")
                            .orElse("not measured"));
        }
        return table;
    }

    private Optional<Figure> figure(Target target) {
        return figures.stream()
                .map(FigureSummary::figure)
                .filter(target::isAbout)
                .findFirst();
    }

    private Map<String, Object> targetJson(Target target) {
        Map<String, Object> json = Json.object(
                "name", target.name(),
                "figure", target.figure(),
                "baseline", target.baseline(),
                "measure", target.measure().name().toLowerCase(Locale.ROOT),
                "limit", target.limitText(),
                "asked", target.asked());
        figure(target).ifPresent(figure -> {
            json.put("reached", target.reachedBy(figure));
            json.put("isReached", target.isReachedBy(figure));
        });
        return json;
    }

    private static Map<String, Object> json(FigureSummary summary) {
        Figure figure = summary.figure();
        return Json.object(
                "name", figure.name(),
                "value", figure.value(),
                "unit", figure.unit(),
                "better", figure.better().name().toLowerCase(Locale.ROOT),
                "baseline", figure.baseline(),
                "baselineValue", figure.baselineValue(),
                "ratio", figure.ratio(),
                "lowestRatio", summary.lowestRatio(),
                "highestRatio", summary.highestRatio());
    }
}
