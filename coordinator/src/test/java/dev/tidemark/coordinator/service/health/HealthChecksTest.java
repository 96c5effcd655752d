package dev.tidemark.coordinator.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck.Result;
import dev.tidemark.coordinator.schedule.ScheduleProblem;
import dev.tidemark.coordinator.service.watch.WatchSite;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.StatusState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
    private static final String BACKUP = "20261105T101530Z-0000000000000001";
    private static final Objectives DAILY =
            new Objectives(Duration.ofHours(26), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(15));

    private final WatchSite site = new WatchSite(DAILY);

    @Test
    void archive_doesNotAnswer_isRedAndAsksNobody() {
        ArchiveHealthCheck check = new ArchiveHealthCheck(site.watch);
        site.start();
        site.pass(Duration.ofSeconds(1));
        assertThat(check.execute().isHealthy()).isTrue();

        site.setDown(true);
        assertThat(check.execute().isHealthy()).as("what was seen counts").isTrue();
        site.pass(WatchSite.INTERVAL);

        assertThat(check.execute().isHealthy()).isFalse();
        assertThat(check.execute().getMessage()).isEqualTo("the archive is down");
    }

    @Test
    void archive_hangs_isRed() {
        ArchiveHealthCheck check = new ArchiveHealthCheck(site.watch);
        site.holdWorkers();
        site.start();

        site.pass(WatchSite.INTERVAL.multipliedBy(4));

        assertThat(check.execute().isHealthy()).isFalse();
        assertThat(check.execute().getMessage()).contains("has not answered for 240 s");
    }

    @Test
    void namespaces_oneMissesItsObjective_isRedAndNamesIt() {
        site.backup("a", BACKUP);
        site.backup("b", BACKUP);
        site.after(Duration.ofHours(25));
        site.start();
        site.pass(Duration.ofSeconds(1));
        NamespaceHealthCheck check = new NamespaceHealthCheck(site.watch);
        assertThat(check.execute().isHealthy()).isTrue();

        site.pass(Duration.ofHours(2));
        Result red = check.execute();

        assertThat(red.isHealthy()).isFalse();
        assertThat(red.getDetails()).containsOnlyKeys("a", "b");
        assertThat(red.getDetails().get("a").toString()).startsWith("the newest good state is PT27H");
    }

    @Test
    void namespaces_atRisk_areNotRed() {
        site.backup("a", BACKUP);
        site.backup("b", BACKUP);
        site.backup("a", "20261105T101530Z-0000000000000002");
        site.damageManifest("a", "20261105T101530Z-0000000000000002");
        site.after(Duration.ofHours(1));
        site.start();
        site.pass(Duration.ofSeconds(1));

        assertThat(site.watch.seen().get("a").status().state()).isEqualTo(StatusState.AT_RISK);
        assertThat(new NamespaceHealthCheck(site.watch).execute().isHealthy()).isTrue();
    }

    @Test
    void namespaces_neverRead_areNotSaidToBeRed() {
        assertThat(new NamespaceHealthCheck(site.watch).execute().isHealthy()).isTrue();
    }

    @Test
    void watch_archiveIsDownForLong_isRed() {
        site.start();
        site.pass(Duration.ofSeconds(1));
        site.setDown(true);
        WatchHealthCheck check = new WatchHealthCheck(site.watch);

        site.pass(WatchSite.INTERVAL.multipliedBy(3));
        assertThat(check.execute().isHealthy()).isTrue();
        site.pass(WatchSite.INTERVAL);

        assertThat(check.execute().isHealthy()).isFalse();
        assertThat(check.execute().getDetails()).containsEntry("a", "the archive is down");
    }

    @Test
    void schedules_problemsOfTheLastRound_areRed() {
        assertThat(new ScheduleHealthCheck(List::of).execute().isHealthy()).isTrue();

        Result red =
                new ScheduleHealthCheck(() -> List.of(new ScheduleProblem("a", "nightly", "100% wrong", ""))).execute();

        assertThat(red.isHealthy()).isFalse();
        assertThat(red.getMessage()).isEqualTo("1 problems, the first with 'nightly' of 'a': 100% wrong");
    }
}
