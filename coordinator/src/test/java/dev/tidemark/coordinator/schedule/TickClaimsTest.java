package dev.tidemark.coordinator.schedule;

import static dev.tidemark.coordinator.schedule.ScheduleSite.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.kvs.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TickClaimsTest {
    private final ScheduleSite site = new ScheduleSite();
    private final TickClaims claims = new TickClaims(site.archive(), "daily");

    private static TickRecord claim(String claimant) {
        return new TickRecord(TickState.CLAIMED, 1, claimant, "host", T0, "@daily UTC", T0, 1, "");
    }

    @Test
    void append_tickThatIsTaken_isRefusedUnlessItIsTheVerySame() {
        assertThat(claims.append(T0, 1, claim("one"))).isTrue();
        assertThat(claims.append(T0, 1, claim("other"))).isFalse();
        assertThat(claims.append(T0, 1, claim("one"))).as("its answer was lost").isTrue();
        assertThat(claims.append(T0, 1, claim("one").started("op", "host", T0))).isFalse();

        assertThat(claims.read(T0, 1)).isEqualTo(claim("one"));
        assertThat(claims.rows(T0, T0)).containsOnly(entry(T0, 1));
    }

    @Test
    void append_recordThatCantBeRead_isNobodys() {
        claims.append(T0, 1, claim("one"));
        site.objects.damage(claims.key(T0, 1), content -> new byte[] {1});

        assertThat(claims.append(T0, 1, claim("one"))).isFalse();
    }

    @Test
    void last_atAnyDistance_isFound() {
        assertThat(claims.last(T0)).isEmpty();
        for (Duration distance : new Duration[] {
            Duration.ofDays(4000), Duration.ofDays(30), Duration.ofDays(5), Duration.ofHours(20), Duration.ofHours(1)
        }) {
            Instant tick = T0.minus(distance);
            claims.append(tick, 1, claim("one"));

            assertThat(claims.last(T0)).contains(tick);
            assertThat(claims.last(tick)).contains(tick);
            assertThat(claims.last(tick.minusSeconds(1))).isNotEqualTo(Optional.of(tick));
        }
        claims.append(T0.plusSeconds(1), 1, claim("one"));
        assertThat(claims.last(T0)).contains(T0.minus(Duration.ofHours(1)));
    }

    @Test
    void rows_ofMoreThanAPage_areAllListed() {
        for (int i = 0; i < 700; i++) {
            Instant tick = T0.plus(Duration.ofMinutes(i));
            site.objects.damage(claims.key(tick, 1), content -> new byte[0]);
            site.objects.damage(claims.key(tick, 2), content -> new byte[0]);
        }
        site.objects.damage(site.archive().key("ticks/daily/99999999T999999Z/000001"), content -> new byte[0]);
        site.objects.damage(site.archive().key("ticks/daily-2/20261122T100000Z/000009"), content -> new byte[0]);

        assertThat(claims.rows(T0, T0.plus(Duration.ofDays(9))))
                .hasSize(700)
                .containsValue(2)
                .doesNotContainValue(9);
        assertThat(claims.rows(T0.plusSeconds(1), T0.plus(Duration.ofMinutes(5))))
                .hasSize(5);
    }

    @Test
    void prune_whereNothingCanBeDeleted_goesOn() {
        claims.append(T0, 1, claim("one"));
        site.objects.failNext(
                Operation.DELETE, new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "no right to delete", ""));

        assertThat(claims.prune(T0.plusSeconds(1), T0.plusSeconds(9))).isZero();
        assertThat(claims.prune(T0.plusSeconds(1), T0)).as("the last one stays").isZero();
        assertThat(claims.prune(T0, T0.plusSeconds(9))).as("not older").isZero();
        assertThat(claims.prune(T0.plusSeconds(1), T0.plusSeconds(9))).isEqualTo(1);
    }

    /** What is written is sealed: names of operations and hosts can't be read without the key. */
    @Test
    void append_content_isSealed() {
        claims.append(T0, 1, claim("secret-claimant"));

        byte[] content = site.objects.read(claims.key(T0, 1));
        assertThat(new String(content, StandardCharsets.ISO_8859_1)).doesNotContain("secret-claimant", "CLAIMED");
    }
}
