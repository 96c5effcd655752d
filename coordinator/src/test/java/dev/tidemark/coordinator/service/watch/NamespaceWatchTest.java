package dev.tidemark.coordinator.service.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.service.operations.DeskLimits;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.operations.PlannedRunner;
import dev.tidemark.coordinator.status.StatusState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NamespaceWatchTest {
    private static final String BACKUP = "20261105T101530Z-0000000000000001";

    private final WatchSite site = new WatchSite();

    @Test
    void tick_first_readsEveryNamespaceAtOnce() {
        site.backup("a", BACKUP);
        site.after(Duration.ofHours(1));
        site.start();

        site.pass(Duration.ofSeconds(1));

        assertThat(site.watch.seen()).containsOnlyKeys("a", "b");
        SeenNamespace a = site.watch.seen().get("a");
        assertThat(a.status().state()).isEqualTo(StatusState.OK);
        assertThat(a.newest()).singleElement().satisfies(figures -> {
            assertThat(figures.backupId()).isEqualTo(BACKUP);
            assertThat(figures.sizes().files()).isEqualTo(1);
        });
        assertThat(site.watch.seen().get("b").status().state()).isEqualTo(StatusState.LATE);
        assertThat(site.watch.age("a")).isZero();
        assertThat(site.watch.archiveFailure()).isEmpty();
    }

    @Test
    void tick_beforeTheInterval_readsNothing() {
        site.start();
        site.pass(Duration.ofSeconds(1));
        site.backup("a", BACKUP);

        site.pass(WatchSite.INTERVAL.minusSeconds(1));
        assertThat(site.watch.seen().get("a").status().backups()).isZero();
        site.pass(Duration.ofSeconds(1));

        assertThat(site.watch.seen().get("a").status().backups()).isEqualTo(1);
    }

    @Test
    void tick_archiveIsDown_keepsWhatWasSeenUntilItIsStale() {
        List<String> stale = listen();
        site.start();
        site.pass(Duration.ofSeconds(1));
        site.setDown(true);

        site.pass(WatchSite.INTERVAL.multipliedBy(2));
        assertThat(site.watch.archiveFailure()).contains("the archive is down");
        assertThat(site.watch.failure("a")).contains("the archive is down");
        assertThat(site.watch.failureCount("a")).isPositive();
        assertThat(site.watch.seen()).containsKey("a");
        assertThat(site.watch.isStale("a")).isFalse();
        assertThat(stale).isEmpty();
        site.pass(WatchSite.INTERVAL.plusSeconds(2));

        assertThat(site.watch.isStale("a")).isTrue();
        assertThat(stale).contains("a: the archive is down", "b: the archive is down");
        site.setDown(false);
        site.pass(WatchSite.INTERVAL);
        assertThat(site.watch.isStale("a")).isFalse();
        assertThat(site.watch.failure("a")).isEmpty();
        assertThat(site.watch.archiveFailure()).isEmpty();
    }

    @Test
    void tick_roundHangs_beginsNoOtherAndSaysSo() {
        List<String> stale = listen();
        site.holdWorkers();
        site.start();

        site.pass(WatchSite.INTERVAL.multipliedBy(5));

        assertThat(site.held()).isEqualTo(1);
        assertThat(site.watch.isStale("a")).isTrue();
        assertThat(site.watch.isArchiveAnswerStale()).isTrue();
        assertThat(stale).contains("a: the archive has not answered yet");
        site.releaseWorkers();
        assertThat(site.watch.isStale("a")).isFalse();
        assertThat(site.watch.isArchiveAnswerStale()).isFalse();
    }

    @Test
    void close_whileARoundIsUnderWay_takesNothingOfItAnyMore() {
        site.holdWorkers();
        site.start();
        site.pass(Duration.ofSeconds(1));

        site.watch.close();
        site.releaseWorkers();

        assertThat(site.watch.seen()).isEmpty();
    }

    @Test
    void coverage_ofWhatWasNeverVerified_isNothing() {
        site.backup("a", BACKUP);
        site.coverage.tick();

        assertThat(site.coverage.seen()).containsOnlyKeys("a");
        assertThat(site.coverage.seen().get("a").fresh().bytes()).isZero();
        assertThat(site.coverage.seen().get("a").all().bytes()).isPositive();
        site.setDown(true);
        site.pass(Duration.ofMinutes(11));
        site.coverage.tick();
        assertThat(site.coverage.seen())
                .as("an old figure would pass for a new one")
                .isEmpty();
    }

    @Test
    void recent_somethingHasChanged_isNothingUntilTheNamespaceWasReadAnew() {
        site.start();
        assertThat(site.watch.recent("a")).isEmpty();
        site.pass(Duration.ofSeconds(1));
        assertThat(site.watch.recent("a").orElseThrow().status().backups()).isZero();
        site.backup("a", "b-1");
        site.pass(Duration.ofSeconds(1));
        site.holdWorkers();

        site.watch.refresh("a");

        assertThat(site.watch.recent("a")).isEmpty();
        assertThat(site.watch.recent("b")).isPresent();
        site.pass(Duration.ofSeconds(1));
        site.releaseWorkers();
        assertThat(site.watch.recent("a").orElseThrow().status().backups()).isEqualTo(1);
        site.setDown(true);
        site.pass(Duration.ofMinutes(10));
        assertThat(site.watch.recent("a")).as("no news any more").isEmpty();
    }

    @Test
    void seen_orderThatNobodyWorksOn_isCountedWithItsAge() {
        OperationDesk desk = new OperationDesk(
                new OrderBooks(site.archive, Set.of("a", "b")),
                new PlannedRunner(),
                work -> {},
                site.time,
                new Random(3),
                DeskLimits.DEFAULT,
                () -> true);
        desk.open();
        site.start();
        site.pass(Duration.ofSeconds(1));
        assertThat(site.watch.seen().get("a").unendedOrders()).isZero();
        Instant accepted = site.now();
        desk.accept("a", new OperationOrder.Backup(null, null, null), "ann", "", Overlap.QUEUE);

        site.pass(Duration.ofMinutes(11));

        assertThat(site.watch.seen().get("a").unendedOrders()).isEqualTo(1);
        assertThat(site.watch.seen().get("a").oldestOrderAt()).isEqualTo(accepted);
        assertThat(site.watch.seen().get("b").unendedOrders()).isZero();
    }

    @Test
    void settings_outOfTheirRanges_areRefused() {
        assertThatThrownBy(() -> new MonitoringConfiguration(Duration.ZERO, null))
                .hasMessage("'interval' is PT0S (expected: PT1S to PT1H)");
        assertThatThrownBy(() -> new MonitoringConfiguration(null, Duration.ofDays(8)))
                .hasMessage("'coverageInterval' is PT192H (expected: PT1S to PT168H)");
    }

    private List<String> listen() {
        List<String> stale = new ArrayList<>();
        site.watch.tell(new WatchListener() {
            @Override
            public void seen(SeenNamespace found) {
                assertThat(found.status().namespace()).isIn("a", "b");
            }

            @Override
            public void stale(String namespace, String reason) {
                stale.add(namespace + ": " + reason);
            }
        });
        return stale;
    }
}
