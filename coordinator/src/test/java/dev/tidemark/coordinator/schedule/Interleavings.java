package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Runs actors over one store in every order in which their calls can follow each other: each stops before each of its calls, and one
 * goes on at a time. The whole is repeated with other choices until there are none left.
 */
final class Interleavings {
    private final List<Integer> choices = new ArrayList<>();
    private final List<Integer> options = new ArrayList<>();
    private int runs;

    /**
     * What is tried in one order.
     *
     * @param objects the store of all actors
     * @param actors what runs at the same time
     * @param check looks at the outcome
     */
    record Trial(InMemoryObjectStore objects, List<Runnable> actors, Runnable check) {}

    /** Tries all orders, and returns how many there were. */
    static int tryAll(Supplier<Trial> trials) {
        Interleavings interleavings = new Interleavings();
        do {
            interleavings.tryOne(trials.get());
        } while (interleavings.advance());
        return interleavings.runs;
    }

    private void tryOne(Trial trial) {
        runs++;
        options.clear();
        Map<Thread, Actor> byThread = new ConcurrentHashMap<>();
        List<Actor> alive = new ArrayList<>();
        for (Runnable work : trial.actors()) {
            Actor actor = new Actor(work);
            byThread.put(actor.thread, actor);
            alive.add(actor);
        }
        trial.objects().observe((operation, key, isDone) -> {
            Actor actor = byThread.get(Thread.currentThread());
            if (!isDone && actor != null) {
                actor.pause();
            }
        });
        alive.forEach(Actor::begin);
        List<Actor> all = List.copyOf(alive);
        for (int step = 0; !alive.isEmpty(); step++) {
            if (step == choices.size()) {
                choices.add(0);
            }
            options.add(alive.size());
            Actor chosen = alive.get(choices.get(step));
            chosen.proceed();
            alive.removeIf(actor -> actor.isEnded);
        }
        trial.objects().observe((operation, key, isDone) -> {});
        try {
            for (Actor actor : all) {
                if (actor.failure != null) {
                    throw actor.failure;
                }
            }
            trial.check().run();
        } catch (Throwable e) {
            throw new AssertionError("order " + choices, e);
        }
    }

    /** Goes on to the next order: the last choice that has an alternative left takes it. */
    private boolean advance() {
        for (int last = options.size() - 1; last >= 0; last--) {
            if (choices.get(last) + 1 < options.get(last)) {
                choices.set(last, choices.get(last) + 1);
                choices.subList(last + 1, choices.size()).clear();
                return true;
            }
        }
        return false;
    }

    /** One thread that waits for its turn. */
    private static final class Actor {
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore stopped = new Semaphore(0);
        private final Thread thread;
        private volatile boolean isEnded;
        private volatile Throwable failure;

        private Actor(Runnable work) {
            thread = new Thread(() -> {
                try {
                    pause();
                    work.run();
                } catch (Throwable e) {
                    failure = e;
                } finally {
                    isEnded = true;
                    stopped.release();
                }
            });
            thread.setDaemon(true);
        }

        private void begin() {
            thread.start();
            stopped.acquireUninterruptibly();
        }

        private void pause() {
            stopped.release();
            turn.acquireUninterruptibly();
        }

        private void proceed() {
            turn.release();
            stopped.acquireUninterruptibly();
        }
    }
}
