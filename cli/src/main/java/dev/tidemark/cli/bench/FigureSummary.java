package dev.tidemark.cli.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One figure over all repeats.
 *
 * @param figure that of the repeat whose ratio is the median; of an even number the lower one of the two in the middle
 * @param lowestRatio lowest ratio of any repeat
 * @param highestRatio highest ratio of any repeat
 */
public record FigureSummary(Figure figure, double lowestRatio, double highestRatio) {
    /** Sums up repeats; value and baseline of a figure always come from the same repeat. */
    static List<FigureSummary> of(List<List<Figure>> repeats) {
        Map<String, List<Figure>> byName = new LinkedHashMap<>();
        for (List<Figure> repeat : repeats) {
            for (Figure figure : repeat) {
                byName.computeIfAbsent(figure.name() + " / " + figure.baseline(), name -> new ArrayList<>())
                        .add(figure);
            }
        }
        List<FigureSummary> summaries = new ArrayList<>();
        for (List<Figure> figures : byName.values()) {
            if (figures.size() != repeats.size()) {
                throw new IllegalStateException(
                        figures.get(0).name() + ": in " + figures.size() + " repeats of " + repeats.size());
            }
            figures.sort(Comparator.comparingDouble(Figure::ratio));
            Figure median = figures.get((figures.size() - 1) / 2);
            summaries.add(new FigureSummary(
                    median,
                    figures.get(0).ratio(),
                    figures.get(figures.size() - 1).ratio()));
        }
        return summaries;
    }
}
