package dev.tidemark.coordinator.service.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.notification.NotificationChannel.Attempt;
import dev.tidemark.coordinator.service.notification.Outbox.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final DeliverySettings SETTINGS = new DeliverySettings(null, 3, Duration.ofSeconds(10), 2);

    private final VirtualTime time = new VirtualTime();
    private final FakeChannel channel = new FakeChannel();
    private final Outbox outbox = new Outbox(
            "chat",
            channel,
            Set.of(NotificationEvent.ORDER_FAILED),
            SETTINGS,
            new EngineSeams(time, time, time, time.process(), Runnable::run, new Random(1), "host"));

    @Test
    void offer_eventThatNobodyWants_isNotDelivered() {
        outbox.start();
        outbox.offer(new Notification(NotificationEvent.ORDER_SUCCEEDED, Map.of("title", "one")));

        time.advance(Duration.ofSeconds(1));

        assertThat(channel.attempts).isEmpty();
        assertThat(outbox.waiting()).isZero();
    }

    @Test
    void deliver_receiverIsAwayForAWhile_isTriedAgainWithLongerPausesInOrder() {
        channel.answers.add(Attempt.again("down"));
        channel.answers.add(Attempt.again("down"));
        outbox.start();
        outbox.offer(failed("one"));
        outbox.offer(failed("two"));

        time.advance(Duration.ofSeconds(1));
        assertThat(channel.attempts).containsExactly("one");
        time.advance(Duration.ofSeconds(9));
        assertThat(channel.attempts).as("the pause is 10 s").containsExactly("one");
        time.advance(Duration.ofSeconds(1));
        assertThat(channel.attempts).containsExactly("one", "one");
        time.advance(Duration.ofSeconds(19));
        assertThat(channel.attempts).as("and then 20 s").containsExactly("one", "one");
        time.advance(Duration.ofSeconds(1));

        assertThat(channel.attempts).containsExactly("one", "one", "one", "two");
        assertThat(outbox.counts()).containsEntry(Outcome.DELIVERED, 2L).containsEntry(Outcome.FAILED, 0L);
        assertThat(outbox.waiting()).isZero();
    }

    @Test
    void deliver_receiverIsGone_isGivenUpAndCounted() {
        for (int i = 0; i < 3; i++) {
            channel.answers.add(Attempt.again("down"));
        }
        outbox.start();
        outbox.offer(failed("one"));

        time.advance(Duration.ofMinutes(5));

        assertThat(channel.attempts).containsExactly("one", "one", "one");
        assertThat(outbox.counts()).containsEntry(Outcome.FAILED, 1L);
        assertThat(outbox.waiting()).isZero();
    }

    @Test
    void deliver_refused_isNotTriedAgain() {
        channel.answers.add(Attempt.never("forbidden"));
        outbox.start();
        outbox.offer(failed("one"));

        time.advance(Duration.ofMinutes(5));

        assertThat(channel.attempts).containsExactly("one");
        assertThat(outbox.counts()).containsEntry(Outcome.FAILED, 1L);
    }

    @Test
    void offer_full_dropsTheOldest() {
        outbox.offer(failed("one"));
        outbox.offer(failed("two"));
        outbox.offer(failed("three"));
        outbox.start();

        time.advance(Duration.ofSeconds(1));

        assertThat(channel.attempts).containsExactly("two", "three");
        assertThat(outbox.counts()).containsEntry(Outcome.DROPPED, 1L).containsEntry(Outcome.DELIVERED, 2L);
    }

    @Test
    void deliver_channelThrows_goesOn() {
        channel.isBroken = true;
        outbox.start();
        outbox.offer(failed("one"));
        time.advance(Duration.ofSeconds(1));
        channel.isBroken = false;

        time.advance(Duration.ofSeconds(11));

        assertThat(outbox.counts()).containsEntry(Outcome.DELIVERED, 1L);
    }

    @Test
    void close_withSomethingWaiting_deliversNothingMore() {
        outbox.start();
        outbox.offer(failed("one"));

        outbox.close();
        outbox.offer(failed("two"));
        outbox.deliver();

        assertThat(channel.attempts).isEmpty();
        assertThat(channel.isClosed).isTrue();
    }

    private static Notification failed(String title) {
        return new Notification(NotificationEvent.ORDER_FAILED, Map.of("title", title));
    }

    private static final class FakeChannel implements NotificationChannel {
        private final Deque<Attempt> answers = new ArrayDeque<>();
        private final List<String> attempts = new ArrayList<>();
        private boolean isBroken;
        private boolean isClosed;

        @Override
        public Attempt deliver(Notification notification) {
            attempts.add(notification.values().get("title"));
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
            return answers.isEmpty() ? Attempt.DELIVERED : answers.remove();
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
