package dev.tidemark.coordinator.service.notification;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.notification.NotificationChannel.Attempt;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be delivered by one channel, in order, on a thread of its own: a receiver that does not answer delays nobody else's
 * notifications. What was tried too often is logged, counted and forgotten. Thread-safe.
 */
public final class Outbox implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final String name;
    private final NotificationChannel channel;
    private final Set<NotificationEvent> events;
    private final DeliverySettings settings;
    private final EngineSeams seams;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    private volatile boolean isClosed;
    private PeriodicTasks.Registration registration;

    /**
     * Creates an outbox; delivers nothing before {@link #start}.
     *
     * @param name of the channel
     * @param events what its receivers want to be told
     */
    public Outbox(
            String name,
            NotificationChannel channel,
            Set<NotificationEvent> events,
            DeliverySettings settings,
            EngineSeams seams) {
        this.name = name;
        this.channel = channel;
        this.events = Set.copyOf(events);
        this.settings = settings;
        this.seams = seams;
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, 0L);
        }
    }

    /** Begins to deliver. */
    public synchronized void start() {
        registration = seams.periodicTasks().every("notify-" + name, TICK, this::deliver);
    }

    /** Returns the name of the channel. */
    public String name() {
        return name;
    }

    /** Takes a notification if its receivers want it. Never waits. */
    public void offer(Notification notification) {
        if (isClosed || !events.contains(notification.event())) {
            return;
        }
        boolean isFull;
        lock.lock();
        try {
            isFull = waiting.size() >= settings.queue();
            if (isFull) {
                waiting.removeFirst();
                count(Outcome.DROPPED);
            }
            waiting.addLast(new Waiting(notification, seams.monotonicClock().nanoTime()));
        } finally {
            lock.unlock();
        }
        if (isFull) {
            LOG.error("notification channel '{}' is full: the oldest notification is dropped", name);
        }
    }

    /** Returns how many notifications wait. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many notifications have ended in which way. */
    public Map<Outcome, Long> counts() {
        lock.lock();
        try {
            return new EnumMap<>(counts);
        } finally {
            lock.unlock();
        }
    }

    /** Delivers nothing more; waits for an attempt that is under way. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (registration != null) {
            registration.close();
        }
        if (waiting() > 0) {
            LOG.warn(
                    "notification channel '{}' is closed with {} notifications that were not delivered",
                    name,
                    waiting());
        }
        channel.close();
    }

    /** Delivers what is due, in order; on its own thread, or a test's. */
    void deliver() {
        Waiting first = firstDue();
        while (first != null && !isClosed) {
            Attempt attempt;
            try {
                attempt = channel.deliver(first.notification);
            } catch (RuntimeException e) {
                LOG.error("notification channel '{}' failed", name, e);
                attempt = Attempt.again(e.toString());
            }
            settle(first, attempt);
            first = firstDue();
        }
    }

    private Waiting firstDue() {
        lock.lock();
        try {
            Waiting first = waiting.peekFirst();
            return first == null || seams.monotonicClock().nanoTime() - first.dueNanos < 0 ? null : first;
        } finally {
            lock.unlock();
        }
    }

    private void settle(Waiting tried, Attempt attempt) {
        tried.attempts++;
        boolean isOver = tried.attempts >= settings.attempts();
        switch (attempt.result()) {
            case DELIVERED -> end(tried, Outcome.DELIVERED);
            case NEVER -> giveUp(tried, attempt);
            case AGAIN -> {
                if (isOver) {
                    giveUp(tried, attempt);
                } else {
                    tried.dueNanos = seams.monotonicClock().nanoTime()
                            + settings.pauseAfter(tried.attempts).toNanos();
                }
            }
        }
    }

    private void giveUp(Waiting tried, Attempt attempt) {
        LOG.error(
                "notification channel '{}' could not deliver '{}' in {} attempts: {}",
                name,
                tried.notification.values().get("title"),
                tried.attempts,
                attempt.reason());
        end(tried, Outcome.FAILED);
    }

    private void end(Waiting tried, Outcome outcome) {
        lock.lock();
        try {
            if (waiting.remove(tried)) { // else it was dropped meanwhile, and counted
                count(outcome);
            }
        } finally {
            lock.unlock();
        }
    }

    private void count(Outcome outcome) {
        counts.merge(outcome, 1L, Long::sum);
    }

    /** How a notification can end. */
    public enum Outcome {
        DELIVERED,
        /** It was tried as often as configured, or refused. */
        FAILED,
        /** There was no place for it. */
        DROPPED
    }

    /** Equal to itself alone. */
    private static final class Waiting {
        private final Notification notification;
        private int attempts;
        private long dueNanos;

        private Waiting(Notification notification, long dueNanos) {
            this.notification = notification;
            this.dueNanos = dueNanos;
        }
    }
}
