package dev.tidemark.kvs.cassandra.cql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Sends one request for each of many items, a bounded number of them at the same time, and those that failed and may succeed
 * later again. Answers are handled on the calling thread. The requests must be harmless when they are executed twice.
 */
final class Requests {
    private final Retries retries;
    private final int maxUnderWay;

    Requests(Retries retries, int maxUnderWay) {
        this.retries = retries;
        this.maxUnderWay = maxUnderWay;
    }

    /**
     * Sends the requests and returns when all of them have been answered.
     *
     * @param what what the requests do, for errors
     * @param send sends the request for an item; does not block
     * @param onAnswer gets each answer with its item
     * @throws dev.tidemark.kvs.KeyValueStoreException a failure that is final, or that has lasted; nothing is under way then,
     *     unless the thread was interrupted
     */
    <I, A> void forEach(
            String what, Collection<I> items, Function<I, CompletionStage<A>> send, BiConsumer<I, A> onAnswer) {
        Collection<I> left = items;
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            Round<I, A> round = new Round<>(what, send, onAnswer);
            round.run(left.iterator());
            if (round.failure != null) {
                retries.pauseOrThrow(attempt, round.failure);
            }
            left = Stream.concat(round.failed.stream(), round.unsent.stream()).toList();
        }
    }

    /**
     * Does what {@link #forEach} does, for requests that must not be sent twice.
     *
     * @throws dev.tidemark.kvs.KeyValueStoreException a failure that is final
     */
    <I, A> Unfinished<I> forEachOnce(
            String what, Collection<I> items, Function<I, CompletionStage<A>> send, BiConsumer<I, A> onAnswer) {
        Round<I, A> round = new Round<>(what, send, onAnswer);
        round.run(items.iterator());
        if (round.failure != null && !Retries.mayHelp(round.failure)) {
            throw round.failure;
        }
        return new Unfinished<>(round.failed, round.unsent, round.failure);
    }

    /**
     * What requests have left to do.
     *
     * @param failed items whose requests may or may not have had an effect
     * @param unsent items whose requests have had none
     * @param failure what went wrong, or null when nothing did
     */
    record Unfinished<I>(List<I> failed, List<I> unsent, RuntimeException failure) {}

    /** One request for each item. After a failure no further one is sent: the others would fail as well, and later. */
    private final class Round<I, A> {
        private final String what;
        private final Function<I, CompletionStage<A>> send;
        private final BiConsumer<I, A> onAnswer;
        private final BlockingQueue<Answer<I, A>> answers = new LinkedBlockingQueue<>();
        private final List<I> failed = new ArrayList<>();
        private final List<I> unsent = new ArrayList<>();
        private RuntimeException failure;
        private int underWay;

        Round(String what, Function<I, CompletionStage<A>> send, BiConsumer<I, A> onAnswer) {
            this.what = what;
            this.send = send;
            this.onAnswer = onAnswer;
        }

        void run(Iterator<I> items) {
            while (items.hasNext()) {
                I item = items.next();
                if (failure != null) {
                    unsent.add(item);
                    continue;
                }
                try {
                    send.apply(item).whenComplete((answer, thrown) -> answers.add(new Answer<>(item, answer, thrown)));
                } catch (RuntimeException e) {
                    answers.add(new Answer<>(item, null, e));
                }
                underWay++;
                while (underWay >= maxUnderWay || (underWay > 0 && !answers.isEmpty())) {
                    take();
                }
            }
            while (underWay > 0) {
                take();
            }
        }

        private void take() {
            Answer<I, A> answer;
            try {
                answer = answers.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw DriverErrors.interrupted(what, e);
            }
            underWay--;
            if (answer.thrown() == null) {
                onAnswer.accept(answer.item(), answer.answer());
                return;
            }
            failed.add(answer.item());
            RuntimeException translated = DriverErrors.translate(what, answer.thrown());
            if (failure == null || !Retries.mayHelp(translated)) {
                failure = translated;
            }
        }
    }

    private record Answer<I, A>(I item, A answer, Throwable thrown) {}
}
