package dev.tidemark.kvs.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Runs several actors of which only one moves at a time, each on a thread of its own. Whoever moves passes the turn on at each
 * step, to an actor that the seed chooses; so one seed is one interleaving.
 */
final class Turns {
    private static final long MAX_SECONDS = 60;

    private final RandomGenerator random;
    private final List<Actor> waiting = new ArrayList<>();
    private final Semaphore end = new Semaphore(0);
    private final ThreadLocal<Actor> self = new ThreadLocal<>();
    private Throwable failure;
    private int running;

    Turns(RandomGenerator random) {
        this.random = random;
    }

    void add(String name, Runnable body) {
        waiting.add(new Actor(name, body));
    }

    /** Runs all actors to their ends. */
    void run() throws InterruptedException {
        running = waiting.size();
        waiting.forEach(actor -> actor.thread.start());
        passOn();
        if (!end.tryAcquire(MAX_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the actors did not end within " + MAX_SECONDS + " s");
        }
        if (failure != null) {
            throw new AssertionError("an actor failed", failure);
        }
    }

    /** Lets another actor move, or the same one again. */
    void step() {
        Actor actor = self.get();
        if (actor == null) {
            return;
        }
        waiting.add(actor);
        passOn();
        actor.turn.acquireUninterruptibly();
    }

    private void passOn() {
        waiting.remove(random.nextInt(waiting.size())).turn.release();
    }

    private final class Actor {
        private final Semaphore turn = new Semaphore(0);
        private final Runnable body;
        private final Thread thread;

        private Actor(String name, Runnable body) {
            this.body = body;
            this.thread = new Thread(this::run, name);
            thread.setDaemon(true);
        }

        private void run() {
            self.set(this);
            turn.acquireUninterruptibly();
            try {
                body.run();
            } catch (Throwable e) {
                failure = failure == null ? e : failure;
            }
            running--;
            if (running == 0) {
                end.release();
            } else {
                passOn();
            }
        }
    }
}
