package dev.tidemark.coordinator.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Map;

/**
 * A cron expression: minute, hour, day of month, month and day of week, separated by blanks, as Vixie's cron has them. Each is a list,
 * separated by commas, of numbers, ranges ({@code 1-5}), {@code *}, and steps ({@code *}{@code /2}, {@code 8-18/2}); months and days
 * of the week also have names ({@code JAN}, {@code MON}), and Sunday is 0 and 7. Instead of all that {@code @hourly}, {@code @daily},
 * {@code @weekly} (Sunday), {@code @monthly} or {@code @yearly}. When neither day of month nor day of week begins with {@code *}, a
 * day that fits one of them is enough; else it must fit both.
 *
 * <p>Changes of the offset of the time zone. A local time that is skipped counts as the first moment after the gap; several that are
 * skipped together are one. A local time that comes twice counts the first time, unless the field of the hours has a {@code *}: then
 * both times. So what runs daily runs on each day, and once, and what runs hourly runs in each hour that passes.
 *
 * <p>Immutable.
 */
public final class CronExpression {
    /** Years in which there is a date at least; longest time that a search looks ahead. */
    static final int HORIZON_YEARS = 8;

    private static final Map<String, String> SHORT_FORMS = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *");

    /** The calendar repeats itself after 400 years. */
    private static final int CALENDAR_YEARS = 400;

    private final String text;
    private final CronField minutes;
    private final CronField hours;
    private final CronField daysOfMonth;
    private final CronField months;
    private final CronField daysOfWeek;

    private CronExpression(String text, String[] fields) {
        this.text = text;
        minutes = CronField.parse(CronField.Kind.MINUTE, fields[0]);
        hours = CronField.parse(CronField.Kind.HOUR, fields[1]);
        daysOfMonth = CronField.parse(CronField.Kind.DAY_OF_MONTH, fields[2]);
        months = CronField.parse(CronField.Kind.MONTH, fields[3]);
        daysOfWeek = CronField.parse(CronField.Kind.DAY_OF_WEEK, fields[4]);
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException when it is none, which names the field, or has no date for {@value #HORIZON_YEARS} years
     */
    public static CronExpression parse(String text) {
        String stripped = text.strip();
        String[] fields = SHORT_FORMS.getOrDefault(stripped, stripped).split("\\s+");
        if (fields.length != CronField.Kind.values().length) {
            throw new IllegalArgumentException("cron expression '" + text
                    + "' (expected: five fields, minute, hour, day of month, month and day of week, or one of "
                    + "@hourly, @daily, @weekly, @monthly, @yearly)");
        }
        CronExpression expression;
        try {
            expression = new CronExpression(stripped, fields);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cron expression '" + text + "': " + e.getMessage(), e);
        }
        expression.requireDates();
        return expression;
    }

    /**
     * Returns the first instant after another one that the expression names; see the class on changes of the offset.
     *
     * @param after exclusive
     */
    public Instant next(Instant after, ZoneId zone) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime from = LocalDateTime.ofInstant(after, offset)
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(1);
        ZoneOffsetTransition last = rules.previousTransition(after.plusNanos(1));
        if (last != null) {
            from = later(from, firstCounting(last));
        }
        Instant begin = after;
        while (true) {
            LocalDateTime local = nextLocal(from);
            ZoneOffsetTransition change = rules.nextTransition(begin);
            Instant candidate = local.toInstant(offset);
            if (change == null || candidate.isBefore(change.getInstant())) {
                return candidate;
            }
            boolean isSkipped = change.isGap()
                    && nextLocal(wholeMinute(change.getDateTimeBefore())).isBefore(change.getDateTimeAfter());
            if (isSkipped) {
                return change.getInstant();
            }
            begin = change.getInstant();
            offset = change.getOffsetAfter();
            from = firstCounting(change);
        }
    }

    /** Returns the expression as it was written. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronExpression expression && expression.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the first local time after a change that counts: where local times are repeated, the first one that is not. */
    private LocalDateTime firstCounting(ZoneOffsetTransition change) {
        boolean isRepetition = change.isOverlap() && !hours.isOpen();
        return wholeMinute(isRepetition ? change.getDateTimeBefore() : change.getDateTimeAfter());
    }

    /** Returns the first local time, from one on, that the expression names, whether it exists or not. */
    private LocalDateTime nextLocal(LocalDateTime from) {
        LocalDate date = from.toLocalDate();
        if (isDate(date)) {
            LocalTime time = nextTime(from.toLocalTime());
            if (time != null) {
                return date.atTime(time);
            }
        }
        LocalDate end = date.plusYears(HORIZON_YEARS + 1);
        return nextDate(date.plusDays(1), end).atTime(hours.atLeast(0), minutes.atLeast(0));
    }

    private LocalTime nextTime(LocalTime from) {
        int hour = hours.atLeast(from.getHour());
        if (hour < 0) {
            return null;
        }
        int minute = hour == from.getHour() ? minutes.atLeast(from.getMinute()) : minutes.atLeast(0);
        if (minute < 0) {
            hour = hours.atLeast(hour + 1);
            minute = minutes.atLeast(0);
        }
        return hour < 0 ? null : LocalTime.of(hour, minute);
    }

    private LocalDate nextDate(LocalDate from, LocalDate end) {
        LocalDate date = from;
        while (!isDate(date)) {
            date = months.contains(date.getMonthValue())
                    ? date.plusDays(1)
                    : date.plusMonths(1).withDayOfMonth(1);
            if (date.isAfter(end)) {
                throw new IllegalStateException("'" + text + "' has no date from " + from + " to " + end);
            }
        }
        return date;
    }

    private boolean isDate(LocalDate date) {
        if (!months.contains(date.getMonthValue())) {
            return false;
        }
        boolean isDayOfMonth = daysOfMonth.contains(date.getDayOfMonth());
        boolean isDayOfWeek = daysOfWeek.contains(date.getDayOfWeek().getValue() % 7);
        boolean isBothNeeded = daysOfMonth.isStar() || daysOfWeek.isStar();
        return isBothNeeded ? isDayOfMonth && isDayOfWeek : isDayOfMonth || isDayOfWeek;
    }

    /** Whatever the year, a date is near: a search ends. */
    private void requireDates() {
        LocalDate date = LocalDate.of(2000, 1, 1);
        LocalDate end = date.plusYears(CALENDAR_YEARS);
        try {
            while (date.isBefore(end)) {
                LocalDate found = nextDate(date, date.plusYears(HORIZON_YEARS));
                // The rest of a month with a date need not be looked at day by day.
                date = found.plusMonths(1).withDayOfMonth(1);
            }
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "cron expression '" + text + "': day of month, month and day of week have no date in common for "
                            + HORIZON_YEARS + " years (expected: a date that exists)",
                    e);
        }
    }

    private static LocalDateTime later(LocalDateTime one, LocalDateTime other) {
        return one.isAfter(other) ? one : other;
    }

    private static LocalDateTime wholeMinute(LocalDateTime time) {
        LocalDateTime minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? time : minute.plusMinutes(1);
    }
}
