package dev.tidemark.coordinator.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rule of {@link CronExpression} in the plainest way: looks at the wall clock every minute, as somebody in that place would. What
 * was jumped over runs at once; what was shown before is a repetition. Knows nothing of transitions.
 */
final class CronOracle {
    private static final Map<String, String> SHORT = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *");
    private static final String NAMES =
            "SUN=0 MON=1 TUE=2 WED=3 THU=4 FRI=5 SAT=6 JAN=1 FEB=2 MAR=3 APR=4 MAY=5 JUN=6 JUL=7 AUG=8 SEP=9 OCT=10 NOV=11 DEC=12";

    private final String[] fields;

    CronOracle(String text) {
        String spelt = SHORT.getOrDefault(text, text).toUpperCase(Locale.ROOT).replace("-SUN", "-7");
        for (String name : NAMES.split(" ", -1)) {
            spelt = spelt.replace(name.substring(0, 3), name.substring(4));
        }
        fields = spelt.split(" ");
    }

    /** Returns what the expression names, from exclusive, to inclusive. */
    List<Instant> instants(Instant from, Instant to, ZoneId zone) {
        List<Instant> found = new ArrayList<>();
        // Begin earlier, so that a repetition at the beginning is known as one.
        Instant at = from.minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES);
        LocalDateTime shownLast = local(at, zone);
        LocalDateTime latest = shownLast;
        // Offsets may have seconds: the clock shows a whole minute at some second.
        at = at.plusSeconds((60 - shownLast.getSecond()) % 60);
        shownLast = local(at, zone);
        for (; !at.isAfter(to); at = at.plusSeconds(1)) {
            LocalDateTime shown = local(at, zone);
            boolean isJump = !shown.equals(shownLast.plusSeconds(1)) && !shown.equals(shownLast);
            boolean isRun = false;
            if (isJump && shown.isAfter(shownLast)) {
                for (LocalDateTime skipped = ceiling(shownLast.plusSeconds(1));
                        skipped.isBefore(shown);
                        skipped = skipped.plusMinutes(1)) {
                    isRun |= matches(skipped);
                }
            }
            if (shown.getSecond() == 0) {
                boolean isRepetition = !shown.isAfter(latest) && !shown.equals(shownLast);
                isRun |= matches(shown) && (!isRepetition || fields[1].contains("*"));
            }
            if (isRun && at.isAfter(from)) {
                found.add(at);
            }
            latest = shown.isAfter(latest) ? shown : latest;
            shownLast = shown;
            // Nothing happens within a minute, but for a change of the offset.
            Instant minute = at.plusSeconds(59);
            if (shown.getSecond() == 0 && local(minute, zone).equals(shown.plusSeconds(59))) {
                at = minute;
                shownLast = shown.plusSeconds(59);
                latest = shownLast.isAfter(latest) ? shownLast : latest;
            }
        }
        return found;
    }

    private static LocalDateTime local(Instant at, ZoneId zone) {
        return LocalDateTime.ofInstant(at, zone);
    }

    private static LocalDateTime ceiling(LocalDateTime time) {
        return time.getSecond() == 0 ? time : time.plusMinutes(1).truncatedTo(ChronoUnit.MINUTES);
    }

    private boolean matches(LocalDateTime time) {
        int weekday = time.getDayOfWeek().getValue() % 7;
        boolean isDay = matches(fields[2], time.getDayOfMonth(), 1, 31);
        boolean isWeekday = matches(fields[4], weekday, 0, 6) || (weekday == 0 && matches(fields[4], 7, 1, 7));
        boolean isEither = !fields[2].startsWith("*") && !fields[4].startsWith("*");
        return matches(fields[0], time.getMinute(), 0, 59)
                && matches(fields[1], time.getHour(), 0, 23)
                && matches(fields[3], time.getMonthValue(), 1, 12)
                && (isEither ? isDay || isWeekday : isDay && isWeekday);
    }

    private static boolean matches(String field, int value, int min, int max) {
        for (String element : field.split(",", -1)) {
            String[] parts = element.split("/", -1);
            String[] range = parts[0].equals("*") ? new String[] {"" + min, "" + max} : parts[0].split("-");
            int from = Integer.parseInt(range[0]);
            int to = Integer.parseInt(range[range.length - 1]);
            int step = parts.length > 1 ? Integer.parseInt(parts[1]) : 1;
            if (value >= from && value <= to && (value - from) % step == 0) {
                return true;
            }
        }
        return false;
    }
}
