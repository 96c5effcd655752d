package dev.tidemark.coordinator.verify;

import java.time.Duration;

/** How much of the packs a verification of level 2 reads. */
public sealed interface PackChoice {
    /** Everything that is needed. */
    PackChoice ALL = new All();

    /** Everything that is needed. */
    record All() implements PackChoice {}

    /**
     * The packs that were never read, then those whose reading is longest ago, as far as the bytes suffice.
     *
     * @param bytes most bytes to read, &gt;= 1
     */
    record Budget(long bytes) implements PackChoice {
        /** Checks the range. */
        public Budget {
            require("budget", bytes, 1, Long.MAX_VALUE);
        }
    }

    /**
     * As {@link Budget}, with what is left of the day: the bytes that were read since midnight UTC count.
     *
     * @param bytesPerDay most bytes to read in a day; 0 for as many as are needed to read everything within the time
     * @param within the time, 1 day or more
     */
    record Daily(long bytesPerDay, Duration within) implements PackChoice {
        /** Checks the ranges. */
        public Daily {
            require("bytesPerDay", bytesPerDay, 0, Long.MAX_VALUE);
            require("within", within.toDays(), 1, 36_500);
        }
    }

    /**
     * A random sample.
     *
     * @param percent share of the packs, more than 0, at most 100; rounded up to whole packs
     */
    record Share(double percent) implements PackChoice {
        /** Checks the range. */
        public Share {
            if (!(percent > 0 && percent <= 100)) {
                throw new IllegalArgumentException("sample: " + percent + " % (expected: more than 0, at most 100)");
            }
        }
    }

    /**
     * A random sample.
     *
     * @param packs how many, &gt;= 1; all when there are fewer
     */
    record Count(int packs) implements PackChoice {
        /** Checks the range. */
        public Count {
            require("sample", packs, 1, Integer.MAX_VALUE);
        }
    }

    private static void require(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
