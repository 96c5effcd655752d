package dev.tidemark.coordinator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.status.NextBackup.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextBackupTest {
    private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
    private static final Instant NEVER = Manifest.NO_NEXT_BACKUP;

    @Test
    void of_noBackupOrNoneThatSaysSomething_isNotKnown() {
        assertThat(NextBackup.of(List.of(), NOW).isKnown()).isFalse();
        NextBackup next = NextBackup.of(List.of(word("b", "-PT1H", NEVER)), NOW);
        assertThat(next.isKnown()).isFalse();
        assertThat(next.isDue(NOW)).isFalse();
        assertThat(next.isMissed(NOW, Duration.ZERO)).isFalse();
        assertThat(next.due()).isEqualTo(NEVER);
    }

    @Test
    void of_severalThatSaySomething_theNewestCounts() {
        NextBackup next = NextBackup.of(List.of(word("b", "-PT1H", at("PT1H")), word("a", "-PT2H", at("PT9H"))), NOW);

        assertThat(next).isEqualTo(new NextBackup(at("PT1H"), "b", NEVER, ""));
    }

    @Test
    void isDue_atTheVeryMoment_isTrueAndMissedOnlyAfterTheGrace() {
        NextBackup next = NextBackup.of(List.of(word("a", "-PT2H", at("-PT15M"))), NOW);

        assertThat(next.isDue(at("-PT15M"))).isTrue();
        assertThat(next.isDue(at("-PT15M0.001S"))).isFalse();
        assertThat(next.isMissed(NOW, NextBackup.DEFAULT_GRACE)).isFalse();
        assertThat(next.isMissed(NOW.plusMillis(1), NextBackup.DEFAULT_GRACE)).isTrue();
    }

    @Test
    void of_oneThatSaysNothing_keepsThePromiseFromItsMomentOn() {
        Word promise = word("a", "-PT2H", at("-PT1H"));

        assertThat(NextBackup.of(List.of(word("b", "-PT1H0.001S", NEVER), promise), NOW)
                        .saidBy())
                .isEqualTo("a");
        assertThat(NextBackup.of(List.of(word("b", "-PT1H", NEVER), promise), NOW)
                        .isKnown())
                .isFalse();
        assertThat(NextBackup.of(List.of(word("c", "-PT1H0.001S", NEVER), word("b", "-PT30M", NEVER), promise), NOW)
                        .isKnown())
                .as("times of backups need not follow their order")
                .isFalse();
    }

    @Test
    void of_moreThan400DaysAheadOfNowOrOfItsBackup_isNotBelieved() {
        Word older = word("a", "-PT3H", at("PT5H"));

        assertThat(NextBackup.of(List.of(word("b", "PT0S", at("P400D")), older), NOW)
                        .saidBy())
                .isEqualTo("b");
        for (Word wrong : List.of(
                word("b", "PT0S", at("P400DT0.001S")),
                word("b", "-P2D", at("P398DT0.001S")),
                word("b", "PT30M", at("P400DT0.001S")),
                word("b", "PT1H0.001S", at("PT2H")))) {
            NextBackup next = NextBackup.of(List.of(wrong, older), NOW);

            assertThat(next).isEqualTo(new NextBackup(at("PT5H"), "a", wrong.nextBackupDue(), "b"));
        }
    }

    /** A backup of the future is not known to have come after the time that was promised. */
    @Test
    void of_backupOfTheFuture_keepsNoPromise() {
        NextBackup next = NextBackup.of(List.of(word("b", "P1D", NEVER), word("a", "-PT3H", at("-PT1H"))), NOW);

        assertThat(next.saidBy()).isEqualTo("a");
    }

    private static Word word(String id, String createdAfterNow, Instant due) {
        return new Word(id, at(createdAfterNow), due);
    }

    private static Instant at(String afterNow) {
        return NOW.plus(Duration.parse(afterNow));
    }
}
