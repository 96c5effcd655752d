package dev.tidemark.coordinator.service.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.service.watch.WatchSite;
import dev.tidemark.coordinator.status.Objectives;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusNoticesTest {
    private static final String FIRST = "20261105T101530Z-0000000000000001";
    private static final Duration DAY = Duration.ofDays(1);
    private static final Objectives DAILY =
            new Objectives(Duration.ofHours(26), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(15));

    private final WatchSite site = new WatchSite(DAILY);
    private final List<Notification> told = new ArrayList<>();

    @BeforeEach
    void listen() {
        site.watch.tell(new StatusNotices(told::add, DAY, site.seams));
    }

    @Test
    void seen_goodAtFirst_isNoNews() {
        site.backup("a", FIRST);
        site.backup("b", FIRST);
        site.after(Duration.ofHours(1));
        site.start();

        site.pass(Duration.ofHours(1));

        assertThat(told).isEmpty();
    }

    @Test
    void seen_becomesLate_isToldOnceThenRemindedOfEachDay() {
        site.backup("a", FIRST);
        site.backup("b", FIRST);
        site.after(Duration.ofHours(25));
        site.start();

        site.pass(Duration.ofHours(2));
        assertThat(titles()).containsExactlyInAnyOrder("namespace 'a' is late", "namespace 'b' is late");
        Notification first = told.get(0);
        assertThat(first.values())
                .containsEntry("event", "state-changed")
                .containsEntry("state", "late")
                .containsEntry("previousState", "ok");
        assertThat(first.values().get("message")).contains("objective: at most PT26H");
        assertThat(first.values().get("hint")).contains("tidemark backup");
        told.clear();
        site.pass(DAY);

        assertThat(titles()).containsExactlyInAnyOrder("namespace 'a' is still late", "namespace 'b' is still late");
        assertThat(told.get(0).event()).isEqualTo(NotificationEvent.REMINDER);
    }

    @Test
    void seen_goodAgain_isToldAsRecovered() {
        site.backup("a", FIRST);
        site.after(Duration.ofHours(1));
        site.start();
        site.pass(Duration.ofMinutes(1));
        assertThat(titles()).containsExactly("namespace 'b' is late");

        site.backup("b", FIRST);
        site.pass(Duration.ofMinutes(2));

        assertThat(titles()).containsExactly("namespace 'b' is late", "namespace 'b' is ok again (was late)");
        assertThat(told.get(1).event()).isEqualTo(NotificationEvent.RECOVERED);
    }

    @Test
    void stale_archiveIsAway_isToldOnceAndRecovers() {
        site.backup("a", FIRST);
        site.backup("b", FIRST);
        site.after(Duration.ofHours(1));
        site.start();
        site.pass(Duration.ofMinutes(1));
        site.setDown(true);

        site.pass(Duration.ofMinutes(30));
        assertThat(titles()).containsExactlyInAnyOrder("namespace 'a' is unknown", "namespace 'b' is unknown");
        assertThat(told.get(0).values().get("message")).contains("the archive is down");
        told.clear();
        site.setDown(false);
        site.pass(Duration.ofMinutes(2));

        assertThat(titles())
                .containsExactlyInAnyOrder(
                        "namespace 'a' is ok again (was unknown)", "namespace 'b' is ok again (was unknown)");
    }

    private List<String> titles() {
        return told.stream()
                .map(notification -> notification.values().get("title"))
                .toList();
    }
}
