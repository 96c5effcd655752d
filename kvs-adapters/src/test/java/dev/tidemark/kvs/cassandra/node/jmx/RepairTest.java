package dev.tidemark.kvs.cassandra.node.jmx;

import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.management.Notification;
import javax.management.remote.JMXConnectionNotification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairTest {
    private static final JmxOptions.Limits LIMITS =
            new JmxOptions.Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30));
    private static final int COMMAND = 7;

    @TempDir
    private Path directory;

    private FakeCassandra node;
    private NodeJmx jmx;
    private Object options;

    @BeforeEach
    void start() {
        node = new FakeCassandra(Version.V5_0, "orders", List.of(directory));
        jmx = node.jmx(LIMITS).apply(host -> {});
    }

    @AfterEach
    void close() {
        jmx.close();
    }

    /** The first messages come before the call has returned. */
    @Test
    void run_messagesBeforeTheAnswer_areHeard() {
        repairing(() -> {
            tell(COMMAND, 0, "starting");
            tell(COMMAND, 1, "half");
            tell(COMMAND, 4, "done");
            tell(COMMAND, 5, "finished");
        });
        List<String> progress = new ArrayList<>();

        jmx.repair(
                "orders",
                new TreeSet<>(Set.of("_transactions", "_transactions2")),
                (done, total) -> progress.add(done + "/" + total));

        assertThat(progress).containsExactly("0/4", "1/4", "4/4", "5/4");
        assertThat(options)
                .isEqualTo(Map.of(
                        "columnFamilies", "_transactions,_transactions2",
                        "primaryRange", "true",
                        "incremental", "false",
                        "parallelism", "parallel",
                        "trace", "false"));
    }

    @Test
    void run_oneReplica_hasNothingToDo() {
        node.storage().operation("repairAsync", arguments -> 0, String.class, Map.class);

        jmx.repair("orders", Set.of("accounts"), (done, total) -> {});
    }

    @Test
    void run_nodeReportsAnError_failsWithIt() {
        repairing(() -> {
            tell(COMMAND, 2, "Endpoint not alive: /10.0.0.3");
            tell(COMMAND, 4, "Repair completed successfully");
            tell(COMMAND, 5, "finished");
        });

        assertFails("the repair has failed: Endpoint not alive: /10.0.0.3; nodes that are down: [10.0.0.3]");
    }

    @Test
    void run_endsWithoutSuccess_fails() {
        repairing(() -> tell(COMMAND, 5, "finished"));

        assertFails("the repair has failed: the node does not say why; nodes that are down: [10.0.0.3]");
    }

    @Test
    void run_messagesOfOthers_areNotItsOwn() {
        repairing(() -> {
            tell(COMMAND + 1, 2, "another one fails");
            tell(COMMAND + 1, 5, "finished");
            node.tell(new Notification("repair", "repair:" + COMMAND, 1, "an older form of message"));
            tell(COMMAND, 4, "done");
            tell(COMMAND, 5, "finished");
        });

        jmx.repair("orders", Set.of("accounts"), (done, total) -> {});
    }

    @Test
    void run_messagesLost_asksTheNode() {
        status("COMPLETED", "all done");
        repairing(this::loseMessages);

        jmx.repair("orders", Set.of("accounts"), (done, total) -> {});
    }

    @Test
    void run_messagesLostAndFailed_failsWithTheReason() {
        status("FAILED", "Repair command #7 failed", "validation failed");
        repairing(this::loseMessages);

        assertFails(
                "the repair has failed: Repair command #7 failed; validation failed; nodes that are down: [10.0.0.3]");
    }

    /** Some versions can't be asked, and the answer of others can't be read without their classes: it can be repeated. */
    @Test
    void run_messagesLostAndNodeCannotSay_fails() {
        repairing(this::loseMessages);

        assertFails("the repair has failed: messages about it were lost, and the node can't be asked; "
                + "nodes that are down: [10.0.0.3]");
    }

    private void status(String... lines) {
        node.storage().operation("getParentRepairStatus", arguments -> List.of(lines), int.class);
    }

    private void loseMessages() {
        node.connections()
                .forEach(connection -> connection.tell(new JMXConnectionNotification(
                        JMXConnectionNotification.NOTIFS_LOST, connection, "local", 1, "lost", 1000L)));
    }

    private void repairing(Runnable messages) {
        node.storage()
                .operation(
                        "repairAsync",
                        arguments -> {
                            options = arguments[1];
                            messages.run();
                            return COMMAND;
                        },
                        String.class,
                        Map.class);
    }

    private void tell(int command, int type, String message) {
        Notification notification = new Notification("progress", "repair:" + command, type, message);
        notification.setUserData(new HashMap<>(Map.of("progressCount", type, "total", 4, "type", type)));
        node.tell(notification);
    }

    private void assertFails(String message) {
        assertThatThrownBy(() -> jmx.repair("orders", Set.of("accounts"), (done, total) -> {}))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                    assertThat(e).hasMessage(message);
                    assertThat(e.hint()).endsWith(".");
                });
    }
}
