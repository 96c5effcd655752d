package dev.tidemark.kvs;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant: the known name with the smallest edit distance. */
public final class NearestName {
    private static final int MIN_BEGINNING = 3;

    private NearestName() {}

    /**
     * Returns the known name that is nearest to the given one; empty when none is near, that is when more than a third of
     * its characters, and more than two, would have to change. The beginning of a single known name, three characters or more,
     * is near to it.
     */
    public static Optional<String> of(String given, Collection<String> known) {
        return known.stream()
                .filter(name -> distance(given, name) <= Math.max(2, name.length() / 3))
                .min(Comparator.<String>comparingInt(name -> distance(given, name))
                        .thenComparing(Comparator.naturalOrder()))
                .or(() -> abbreviated(given, known));
    }

    private static Optional<String> abbreviated(String given, Collection<String> known) {
        String beginning = given.toLowerCase(Locale.ROOT);
        List<String> names = known.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(beginning))
                .toList();
        return beginning.length() >= MIN_BEGINNING && names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
    }

    /** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours count one each. */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[][] distances = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    distances[i][j] = i + j;
                    continue;
                }
                int replacement = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(
                        distances[i - 1][j - 1] + replacement, 1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, distances[i - 2][j - 2] + 1);
                }
                distances[i][j] = best;
            }
        }
        return distances[a.length()][b.length()];
    }
}
