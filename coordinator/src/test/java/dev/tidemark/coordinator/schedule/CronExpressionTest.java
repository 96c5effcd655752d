package dev.tidemark.coordinator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compared with {@link CronOracle}, which looks at every minute. */
class CronExpressionTest {
    private static final List<String> EXPRESSIONS = List.of(
            "0 2 * * *",
            "30 2 * * *",
            "15 0 * * *",
            "0 0 * * *",
            "59 23 * * *",
            "0 * * * *",
            "30 * * * *",
            "*/15 * * * *",
            "*/7 */3 * * *",
            "10,40 1-3 * * *",
            "0 0-23/2 * * *",
            "45 1,*/4 * * *",
            "0 3 * * SUN",
            "0 1 31 * *",
            "0 2 1,15 * MON",
            "0 2 */2 * MON-FRI",
            "5 0 30 DEC *",
            "@hourly",
            "@daily",
            "@weekly",
            "@monthly",
            "@yearly");

    /** Zones, each with days around which its offset changes. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-29",
        "Europe/Berlin, 2026-10-25",
        "America/New_York, 2026-03-08",
        "America/New_York, 2026-11-01",
        "Australia/Lord_Howe, 2026-04-04",
        "Australia/Lord_Howe, 2026-10-03",
        "America/Sao_Paulo, 2018-11-04",
        "America/Sao_Paulo, 2018-02-18",
        "Pacific/Apia, 2011-12-30",
        "Pacific/Apia, 2012-04-01",
        "Africa/Casablanca, 2026-02-15",
        "Africa/Monrovia, 1972-01-07",
        "Asia/Kathmandu, 1986-01-01",
        "America/Caracas, 2016-05-01",
        "Asia/Pyongyang, 2018-05-04",
        "UTC, 2026-12-31"
    })
    void next_aroundAChangeOfTheOffset_isWhatEveryMinuteSays(String zone, String day) {
        Instant middle = Instant.parse(day + "T00:00:00Z");
        for (String text : EXPRESSIONS) {
            compare(text, ZoneId.of(zone), middle.minus(Duration.ofDays(3)), middle.plus(Duration.ofDays(3)));
        }
    }

    @Test
    void next_randomExpressionsAndZones_isWhatEveryMinuteSays() {
        Random random = new Random(20261122);
        List<String> zones = List.of(
                "Europe/London",
                "Australia/Lord_Howe",
                "America/Sao_Paulo",
                "Pacific/Apia",
                "Asia/Tehran",
                "Africa/Cairo");
        for (int i = 0; i < 120; i++) {
            String zone = zones.get(random.nextInt(zones.size()));
            Instant begin = Instant.parse("2005-01-01T00:00:00Z").plus(Duration.ofDays(random.nextInt(5_500)));
            compare(randomExpression(random), ZoneId.of(zone), begin, begin.plus(Duration.ofDays(12)));
        }
    }

    private static String randomExpression(Random random) {
        return String.join(
                " ",
                random.nextInt(60) + "," + random.nextInt(60),
                List.of("*", "*/" + (1 + random.nextInt(11)), "" + random.nextInt(4), "0-" + (1 + random.nextInt(20)))
                        .get(random.nextInt(4)),
                List.of("*", "" + (1 + random.nextInt(28)), "*/" + (1 + random.nextInt(9)), "1-20/3")
                        .get(random.nextInt(4)),
                List.of("*", "*/" + (1 + random.nextInt(4)), "3-11").get(random.nextInt(3)),
                List.of("*", "MON-SUN", "SUN", "1,3", "4-7").get(random.nextInt(5)));
    }

    private static void compare(String text, ZoneId zone, Instant begin, Instant end) {
        CronExpression expression = CronExpression.parse(text);
        List<Instant> found = new ArrayList<>();
        for (Instant next = expression.next(begin, zone); !next.isAfter(end); next = expression.next(next, zone)) {
            found.add(next);
        }

        assertThat(found).as("'%s' in %s", text, zone).isEqualTo(new CronOracle(text).instants(begin, end, zone));
    }

    /** Asked from any moment, also within a repetition or beside a gap, the answer is the same. */
    @Test
    void next_fromEveryMomentOfADayOfChange_agreesWithItself() {
        for (String text : List.of("30 2 * * *", "*/20 * * * *", "45 1 * * *")) {
            CronExpression expression = CronExpression.parse(text);
            for (String[] place : new String[][] {
                {"Europe/Berlin", "2026-10-25"}, {"Europe/Berlin", "2026-03-29"}, {"Australia/Lord_Howe", "2026-04-04"}
            }) {
                ZoneId zone = ZoneId.of(place[0]);
                Instant begin = Instant.parse(place[1] + "T00:00:00Z").minus(Duration.ofHours(12));
                Instant end = begin.plus(Duration.ofDays(2));
                List<Instant> expected = new CronOracle(text).instants(begin, end, zone);
                for (Instant at = begin; at.isBefore(end.minus(Duration.ofHours(20))); at = at.plusSeconds(97)) {
                    Instant from = at;
                    Instant first = expected.stream()
                            .filter(tick -> tick.isAfter(from))
                            .findFirst()
                            .orElse(null);
                    if (first != null) {
                        assertThat(expression.next(at, zone))
                                .as("'%s' after %s", text, at)
                                .isEqualTo(first);
                    }
                }
            }
        }
    }

    /** The rule as the class tells it, in single cases. */
    @ParameterizedTest
    @CsvSource({
        // skipped: the first moment after the gap
        "30 2 * * *, Europe/Berlin, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z",
        // twice: the first time
        "30 2 * * *, Europe/Berlin, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z",
        "30 2 * * *, Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
        // twice, with a wildcard: both
        "30 * * * *, Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-25T01:30:00Z",
        // a day that does not exist
        "0 12 * * *, Pacific/Apia, 2011-12-30T00:00:00Z, 2011-12-30T10:00:00Z",
        // midnight that does not exist
        "@daily, America/Sao_Paulo, 2018-11-03T12:00:00Z, 2018-11-04T03:00:00Z",
        "0 0 29 2 *, UTC, 2096-03-01T00:00:00Z, 2104-02-29T00:00:00Z",
        "* * * * *, UTC, 2026-01-01T00:00:59.999Z, 2026-01-01T00:01:00Z",
        "0 0 * * 7, UTC, 2026-11-22T00:00:00Z, 2026-11-29T00:00:00Z",
        "0 0 13 * FRI, UTC, 2026-11-09T00:00:00Z, 2026-11-13T00:00:00Z",
        "0 0 13 * FRI, UTC, 2026-11-13T00:00:00Z, 2026-11-20T00:00:00Z",
        "0 0 */13 * FRI, UTC, 2026-11-22T00:00:00Z, 2026-11-27T00:00:00Z"
    })
    void next_singleCases_areAsDocumented(String text, String zone, Instant after, Instant expected) {
        assertThat(CronExpression.parse(text).next(after, ZoneId.of(zone))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "60 * * * *|minute '60'|0..59",
                "-1 * * * *|minute '-1'|0..59",
                "* 24 * * *|hour '24'|0..23",
                "* * 0 * *|day of month '0'|1..31",
                "* * 32 * *|day of month '32'|1..31",
                "* * * 13 *|month '13'|JAN..DEC",
                "* * * MAI *|month 'MAI'|JAN..DEC",
                "* * * * 8|day of week '8'|SUN..SAT",
                "* * * * MO|day of week 'MO'|SUN..SAT",
                "1,,2 * * * *|minute ''|0..59",
                "*/0 * * * *|minute '*/0'|a step of 1..59",
                "*/60 * * * *|minute '*/60'|a step of 1..59",
                "* 8-18/11 * * *|hour '8-18/11'|a step of 1..10",
                "* 5/2 * * *|hour '5/2'|a step behind '*' or a range",
                "* 22-2 * * *|hour '22-2'|a range that ascends",
                "* * * * FRI-MON|day of week 'FRI-MON'|a range that ascends",
                "99999999999 * * * *|minute '99999999999'|0..59",
                "* * * *|'* * * *'|five fields",
                "* * * * * *|'* * * * * *'|five fields",
                "@reboot|'@reboot'|@hourly, @daily",
                "0 0 30 2 *|'0 0 30 2 *'|no date in common for 8 years",
                "0 0 31 2,4,6,9,11 *|'0 0 31 2,4,6,9,11 *'|no date in common for 8 years",
                // a Sunday, 29 February: every 28 years
                "0 0 29 2 */7|day of week '*/7'|a step of 1..6"
            })
    void parse_whatIsNone_namesFieldAndExpectation(String text, String named, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CronExpression.parse(text))
                .withMessageContaining(named)
                .withMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 29 2 *", "0 0 31 12 *", "0 0 30 2 MON", "0 0 29 FEB Mon", "0 0 29 2 */1"})
    void parse_rareDates_areAccepted(String text) {
        CronExpression expression = CronExpression.parse(text);

        assertThat(expression.next(Instant.parse("2096-03-01T00:00:00Z"), ZoneId.of("UTC")))
                .isBefore(Instant.parse("2104-03-01T00:00:00Z"));
        assertThat(expression).hasToString(text).isEqualTo(CronExpression.parse(" " + text));
    }

    /** 29 February on one of two days of the week is decades away, now and then. */
    @Test
    void parse_datesMoreThanEightYearsApart_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CronExpression.parse("0 0 29 2 */6"))
                .withMessageContaining("no date in common");
    }
}
