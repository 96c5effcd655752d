package dev.tidemark.coordinator.service.access.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.service.FakeTime;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockOutTest {
    private static final String ADDRESS = "192.0.2.7";

    private final FakeTime time = new FakeTime();
    private final LockOut lockOut = new LockOut(time);

    @Test
    void check_nineFailuresWithinAMinute_letsIn() {
        fail(ADDRESS, LockOut.FAILURES - 1);

        assertThatCode(() -> lockOut.check(ADDRESS)).doesNotThrowAnyException();
    }

    @Test
    void check_tenFailuresWithinAMinute_refusesThisAddressForThirtySeconds() {
        fail(ADDRESS, LockOut.FAILURES);

        assertRefused(ADDRESS, "30");
        assertThatCode(() -> lockOut.check("192.0.2.8")).doesNotThrowAnyException();
        time.advance(Duration.ofMillis(29_999));
        assertRefused(ADDRESS, "1");
        time.advance(Duration.ofMillis(1));
        assertThatCode(() -> lockOut.check(ADDRESS)).doesNotThrowAnyException();
    }

    @Test
    void check_tenFailuresInMoreThanAMinute_letsIn() {
        for (int i = 0; i < 50; i++) {
            fail(ADDRESS, 1);
            time.advance(Duration.ofMillis(6_700));
        }

        assertThatCode(() -> lockOut.check(ADDRESS)).doesNotThrowAnyException();
    }

    @Test
    void check_afterEachLock_refusesForTwiceAsLongUpToTheLimit() {
        for (String seconds : new String[] {"30", "60", "120", "240", "480", "900", "900"}) {
            fail(ADDRESS, LockOut.FAILURES);
            assertRefused(ADDRESS, seconds);
            time.advance(Duration.ofSeconds(Long.parseLong(seconds)));
        }
    }

    @Test
    void check_anHourAfterTheLastFailure_beginsAnew() {
        fail(ADDRESS, LockOut.FAILURES);
        time.advance(Duration.ofSeconds(30));
        fail(ADDRESS, LockOut.FAILURES);
        assertRefused(ADDRESS, "60");

        time.advance(LockOut.FORGOTTEN_AFTER);
        fail(ADDRESS, LockOut.FAILURES);

        assertRefused(ADDRESS, "30");
    }

    @Test
    void failed_byMoreAddressesThanAreKept_forgetsTheOldest() {
        fail("192.0.2.1", LockOut.FAILURES);
        fail("192.0.2.2", LockOut.FAILURES);
        for (int i = 0; i < Recent.MAX_ENTRIES - 1; i++) {
            lockOut.failed("10.1." + i / 250 + "." + i % 250);
        }

        assertThatCode(() -> lockOut.check("192.0.2.1")).doesNotThrowAnyException();
        assertRefused("192.0.2.2", "30");
    }

    @Test
    void check_otherAddressOfTheSameIpv6Network_isRefusedToo() {
        for (int i = 0; i < LockOut.FAILURES; i++) {
            lockOut.failed("[2001:db8:1:2::" + i + "]");
        }

        assertRefused("2001:db8:1:2:ffff::1", "30");
        assertThatCode(() -> lockOut.check("2001:db8:1:3::1")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:db8:1:2::3, 20010db800010002/64",
        "[fe80::1%eth0], fe80000000000000/64",
        "::ffff:192.0.2.7, 192.0.2.7",
        "unknown, an unknown address",
        "localhost, an unknown address",
        "g::1, an unknown address",
        "'1.2.3.4 and more', an unknown address"
    })
    void network_ofAText_isWhatCountsOfTheAddress(String address, String network) {
        assertThat(LockOut.network(address)).isEqualTo(network);
    }

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            lockOut.failed(address);
        }
    }

    private void assertRefused(String address, String seconds) {
        assertThatThrownBy(() -> lockOut.check(address)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
            assertThat(e.status()).isEqualTo(429);
            assertThat(e.headers()).containsEntry("Retry-After", seconds);
        });
    }
}
