package dev.tidemark.coordinator.service.leading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeadershipTest {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration MOMENT = Duration.ofSeconds(2);
    private static final CoordinatorException DOWN =
            new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "planned", "");

    private final VirtualTime time = new VirtualTime();
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));

    @Test
    void start_nobodyLeads_leadsAtOnceAndTheOthersFollow() {
        Instance first = new Instance("a");
        Instance second = new Instance("b");
        time.advance(LEASE.multipliedBy(10));

        assertThat(first.leadership.leads()).isTrue();
        assertThat(first.duties).containsExactly("begin");
        assertThat(first.rounds).isPositive();
        assertThat(second.leadership.leads()).isFalse();
        assertThat(second.duties).isEmpty();
        LeaderView seen = second.leadership.view();
        assertThat(seen.leads()).isFalse();
        assertThat(seen.leader().host()).isEqualTo("a");
        assertThat(seen.leader().address()).isEqualTo("https://a:8443");
        assertThat(seen.leader().term()).isEqualTo(1);
        assertThat(seen.leader().instance())
                .isEqualTo(first.leadership.view().instance())
                .isNotEqualTo(seen.instance());
    }

    @Test
    void close_ofTheLeader_letsAnotherOneLeadWithinAMoment() {
        Instance first = new Instance("a");
        Instance second = new Instance("b");
        first.leadership.close();

        assertThat(first.duties).containsExactly("begin", "end");
        assertThat(first.leadership.leads()).isFalse();
        time.advance(LEASE.dividedBy(3).plus(MOMENT));
        assertThat(second.leadership.leads()).isTrue();
        assertThat(second.duties).containsExactly("begin");
        assertThat(second.leadership.view().leader().term()).isEqualTo(2);
    }

    @Test
    void death_ofTheLeader_isFollowedAfterAWholeLeaseAndNotBefore() {
        Instance first = new Instance("a");
        Instance second = new Instance("b");
        first.die();

        time.advance(LEASE.minus(MOMENT));
        assertThat(second.leadership.leads()).isFalse();
        time.advance(LEASE.dividedBy(3).plus(MOMENT).plus(MOMENT));
        assertThat(second.leadership.leads()).isTrue();
    }

    @Test
    void leader_thatWasFrozenForLong_beginsNothingAndEndsItsDuties() {
        Instance first = new Instance("a");
        Instance second = new Instance("b");
        first.isFrozen = true;
        time.advance(LEASE.multipliedBy(3));

        assertThat(second.leadership.leads()).isTrue();
        assertThat(first.leadership.leads()).isFalse();
        first.isFrozen = false;
        time.advance(LEASE);
        assertThat(first.duties).containsExactly("begin", "end");
        assertThat(first.leadership.view().leader().host()).isEqualTo("b");
        assertThat(second.leadership.leads()).isTrue();
    }

    @Test
    void archive_thatDoesNotAnswerForALease_leavesTheLeaderUncertainAndItsDutiesUnderWay() {
        Instance only = new Instance("a");
        store.observe((operation, key, isDone) -> {
            throw DOWN;
        });
        time.advance(LEASE.plus(MOMENT));

        assertThat(only.leadership.leads()).isFalse();
        assertThat(only.leadership.view().problem()).isEqualTo("planned");
        assertThat(only.duties).as("what runs is not stopped").containsExactly("begin");
        store.observe((operation, key, isDone) -> {});
        time.advance(LEASE.dividedBy(3));
        assertThat(only.leadership.leads()).isTrue();
        assertThat(only.leadership.view().problem()).isEmpty();
        assertThat(only.duties).containsExactly("begin");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answer_ofTheStoreThatIsLost_costsNobodyTheLead(boolean isFirst) {
        if (isFirst) {
            store.failAfterNext(Operation.CREATE, DOWN);
        }
        Instance only = new Instance("a");
        if (!isFirst) {
            store.failAfterNext(Operation.CREATE, DOWN);
        }
        time.advance(LEASE.dividedBy(3).multipliedBy(2).plus(MOMENT));

        assertThat(only.leadership.leads()).isTrue();
        assertThat(only.leadership.view().leader().term()).isLessThanOrEqualTo(2);
        assertThat(only.duties).containsExactly("begin");
    }

    @Test
    void begin_thatFails_isEndedAndTriedAgain() {
        Instance only = new Instance("a", 1);
        time.advance(MOMENT);

        assertThat(only.duties).containsExactly("begin", "end", "begin");
    }

    @Test
    void groups_eachHaveTheirLeader_andInstancesSayWhatTheirLeaderHasNot() {
        Instance first = new Instance("a", 0, "blue", List.of("orders"));
        Instance other = new Instance("b", 0, "green", List.of("stock"));
        Instance second = new Instance("c", 0, "blue", List.of("orders", "stock"));

        assertThat(first.leadership.leads()).isTrue();
        assertThat(other.leadership.leads()).isTrue();
        assertThat(second.leadership.leads()).isFalse();
        assertThat(second.leadership.view().notLed()).containsExactly("stock");
        assertThat(first.leadership.view().notLed()).isEmpty();
    }

    @Test
    void row_staysShort() {
        new Instance("a");
        time.advance(LEASE.multipliedBy(100));

        assertThat(store.list("service/default/leader/", "", 100))
                .hasSizeLessThan(8)
                .extracting(ObjectInfo::key)
                .isNotEmpty();
    }

    @Test
    void settings_outOfRange_areRefused() {
        for (String address : List.of("backup-1", "ftp://a", "https://me:secret@a", "https://a/path", "https://a?b")) {
            assertThatThrownBy(() -> new LeadingSettings("g", address, LEASE, MOMENT))
                    .hasMessageContaining("address: '" + address + "'");
        }
        assertThatThrownBy(() -> new LeadingSettings("a/b", "", LEASE, MOMENT)).hasMessageContaining("group: 'a/b'");
        assertThatThrownBy(() -> new LeadingSettings("g", "", Duration.ofMillis(10), MOMENT))
                .hasMessageContaining("leaderLease: PT0.01S");
    }

    /**
     * Instances die, are frozen, and wait for the archive for as long as it pleases, also between asking and being answered: there is
     * never a moment in which two lead.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void faults_ofAllKinds_neverMakeTwoLead(int seed) {
        Random faults = new Random(seed);
        List<Instance> instances = new ArrayList<>(List.of(new Instance("a"), new Instance("b"), new Instance("c")));
        int[] depth = {0};
        int[] led = {0};
        store.observe((operation, key, isDone) -> {
            assertThat(leaders(instances)).hasSizeLessThan(2);
            if (depth[0] < 3 && faults.nextInt(8) == 0) {
                depth[0]++;
                time.advance(LEASE.multipliedBy(faults.nextInt(20)).dividedBy(10));
                depth[0]--;
            } else if (faults.nextInt(15) == 0) {
                throw DOWN;
            }
        });
        for (int i = 0; i < 2000; i++) {
            time.advance(Duration.ofMillis(faults.nextInt(3000)));
            Instance one = instances.get(faults.nextInt(3));
            int fault = faults.nextInt(40);
            if (fault == 0) {
                one.die();
                instances.set(instances.indexOf(one), new Instance("n" + i));
            } else if (fault < 3) {
                one.isFrozen = !one.isFrozen;
            }
            assertThat(leaders(instances)).hasSizeLessThan(2);
            led[0] += leaders(instances).size();
        }
        assertThat(led[0]).as("rounds in which somebody led").isGreaterThan(200);
    }

    private static List<Instance> leaders(List<Instance> instances) {
        return instances.stream()
                .filter(instance -> instance.leadership.leads())
                .toList();
    }

    /** A process; its tasks don't run while it is frozen, or waits for the archive. */
    private final class Instance implements Duties {
        private final List<String> duties = new ArrayList<>();
        private final PeriodicTasks process = time.process();
        private final Leadership leadership;
        private int failures;
        private int rounds;
        private boolean isFrozen;
        private boolean isBusy = true;

        private Instance(String host) {
            this(host, 0);
        }

        private Instance(String host, int failures) {
            this(host, failures, "default", List.of("orders"));
        }

        private Instance(String host, int failures, String group, List<String> namespaces) {
            this.failures = failures;
            leadership = new Leadership(
                    archive,
                    namespaces,
                    new LeadingSettings(group, "https://" + host + ":8443", LEASE, Duration.ofSeconds(1)),
                    new EngineSeams(
                            time, time, time, new OneAtATime(), Runnable::run, new Random(host.hashCode()), host));
            leadership.start(this);
            isBusy = false;
        }

        private void die() {
            process.close();
        }

        @Override
        public void begin() {
            duties.add("begin");
            assertThat(leadership.leads()).isTrue();
            if (failures > 0) {
                failures--;
                throw DOWN;
            }
        }

        @Override
        public void goOn() {
            rounds++;
        }

        @Override
        public void end() {
            duties.add("end");
        }

        private final class OneAtATime implements PeriodicTasks {
            @Override
            public Registration every(String name, Duration interval, Runnable task) {
                return process.every(name, interval, () -> {
                    if (!isBusy && !isFrozen) {
                        isBusy = true;
                        try {
                            task.run();
                        } finally {
                            isBusy = false;
                        }
                    }
                });
            }

            @Override
            public void close() {
                process.close();
            }
        }
    }
}
