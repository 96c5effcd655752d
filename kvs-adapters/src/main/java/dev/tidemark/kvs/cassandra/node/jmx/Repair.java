package dev.tidemark.kvs.cassandra.node.jmx;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.remote.JMXConnectionNotification;

/**
 * One repair, from its start to its end. The node repairs by itself and tells how it goes by notifications, the first of which may
 * come before the answer to the call that starts it, and some of which may be lost when there are many. So the listener is there first,
 * and while no notification comes the node is asked: for the state of the repair, where it can say, and else whether it is alive.
 * Not all can say, and the answer of those who can is a list of a class of their own, which can't be read everywhere. A repair of
 * which nothing can be learnt any more has failed; it can be repeated.
 *
 * <p>Ends early when its thread is interrupted; the node goes on then.
 */
final class Repair {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final int MAX_EVENTS = 10_000;
    private static final String STRING = String.class.getName();
    private static final String MAP = Map.class.getName();

    private final JmxSession session;
    private final RepairProgress progress;
    private final BlockingQueue<Notification> events = new LinkedBlockingQueue<>(MAX_EVENTS);
    private final String hint = "Look into the log of the node, then run the same command again.";
    private volatile boolean isBlind;
    private String error = "";
    private boolean hasSucceeded;

    Repair(JmxSession session, RepairProgress progress) {
        this.session = session;
        this.progress = progress;
    }

    /** What a notification of type {@code progress} tells; the numbers are those of the node's versions from 2.2 on. */
    private enum Event {
        START,
        PROGRESS,
        ERROR,
        ABORT,
        SUCCESS,
        COMPLETE,
        NOTIFICATION
    }

    /** Repairs the primary ranges of the node in full. */
    void run(String keyspace, Set<String> tables) throws JMException, IOException {
        NotificationListener listener = (notification, unused) -> take(notification);
        NotificationListener ofConnection = (notification, unused) -> watch(notification);
        session.connector().addConnectionNotificationListener(ofConnection, null, null);
        session.connection().addNotificationListener(Beans.STORAGE_SERVICE, listener, null, null);
        try {
            int command = (int) session.invoke(
                    Beans.STORAGE_SERVICE, "repairAsync", List.of(keyspace, options(tables)), STRING, MAP);
            if (command != 0) { // there is nothing to repair where there is one replica
                await(command);
            }
        } finally {
            forget(listener, ofConnection);
        }
    }

    private static Map<String, String> options(Set<String> tables) {
        Map<String, String> options = new HashMap<>(); // a node may run an older Java, which has no Map.of
        options.put("columnFamilies", String.join(",", tables));
        options.put("primaryRange", "true");
        options.put("incremental", "false");
        options.put("parallelism", "parallel");
        options.put("trace", "false");
        return options;
    }

    private void take(Notification notification) {
        boolean isOfARepair = notification.getType().equals("progress")
                && String.valueOf(notification.getSource()).startsWith("repair:");
        if (isOfARepair && !events.offer(notification)) {
            isBlind = true;
        }
    }

    private void watch(Notification notification) {
        if (!notification.getType().equals(JMXConnectionNotification.OPENED)) {
            isBlind = true; // some were lost, or the connection was
        }
    }

    private void await(int command) throws JMException, IOException {
        boolean isEnded = false;
        while (!isEnded) {
            Notification event = next();
            isEnded = event == null ? ask(command) : event.getSource().equals("repair:" + command) && hear(event);
        }
        if (!hasSucceeded) {
            throw failed(error.isEmpty() ? "the node does not say why" : error);
        }
    }

    private Notification next() throws InterruptedIOException {
        try {
            return events.poll(isBlind ? 1 : SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for a repair");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Returns whether the repair has ended. */
    private boolean hear(Notification notification) {
        Map<?, ?> data = (Map<?, ?>) notification.getUserData();
        int number = (int) data.get("type");
        Event event = number < Event.values().length ? Event.values()[number] : Event.NOTIFICATION;
        progress.at(numberOf(data, "progressCount"), numberOf(data, "total"));
        switch (event) {
            case ERROR, ABORT -> error = notification.getMessage();
            case SUCCESS -> hasSucceeded = error.isEmpty();
            case COMPLETE -> {
                return true;
            }
            case START, PROGRESS, NOTIFICATION -> {}
        }
        return false;
    }

    private static int numberOf(Map<?, ?> data, String name) {
        return data.get(name) instanceof Integer number ? number : 0;
    }

    /** Asks how the repair goes; returns whether it has ended. */
    private boolean ask(int command) throws JMException, IOException {
        if (!session.has(Beans.STORAGE_SERVICE, "getParentRepairStatus", "int")) {
            return lookWhetherAlive();
        }
        List<?> status;
        try {
            status = (List<?>) session.invoke(Beans.STORAGE_SERVICE, "getParentRepairStatus", List.of(command), "int");
        } catch (IOException e) {
            if (JmxErrors.isAnswer(e)) {
                return lookWhetherAlive(); // a list of a class that is not known here
            }
            throw e;
        }
        if (status == null || status.isEmpty()) {
            return lookWhetherAlive();
        }
        return isEnded(status.stream().map(String::valueOf).toList());
    }

    private boolean isEnded(List<String> status) {
        switch (status.get(0)) {
            case "COMPLETED" -> {
                hasSucceeded = true;
                return true;
            }
            case "FAILED" -> {
                error = String.join("; ", status.subList(1, status.size()));
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private boolean lookWhetherAlive() throws IOException {
        session.connector().getConnectionId();
        if (isBlind) {
            throw failed("messages about it were lost, and the node can't be asked");
        }
        return false;
    }

    private KeyValueStoreException failed(String reason) {
        return new KeyValueStoreException(ErrorCode.STORE_UNAVAILABLE, "the repair has failed: " + reason, hint);
    }

    private void forget(NotificationListener listener, NotificationListener ofConnection) throws JMException {
        try {
            session.connector().removeConnectionNotificationListener(ofConnection);
            session.connection().removeNotificationListener(Beans.STORAGE_SERVICE, listener);
        } catch (IOException | ListenerNotFoundException e) {
            // The connection has taken them along.
        }
    }
}
