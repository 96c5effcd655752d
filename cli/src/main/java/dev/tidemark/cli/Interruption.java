package dev.tidemark.cli;

import dev.tidemark.kvs.ErrorCode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens when the process is told to end (Ctrl-C): the command is interrupted, gets a few seconds to give back what it
 * holds, and the process ends with the customary exit code, 130 for SIGINT. What it could not give back runs out by itself.
 */
final class Interruption {
    private static final long GRACE_SECONDS = 5;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Surroundings surroundings;
    private final Thread command;

    private Interruption(Surroundings surroundings, Thread command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /** Watches over a thread until {@link #finished} is called. */
    static Interruption install(Surroundings surroundings, Thread command) {
        Interruption interruption = new Interruption(surroundings, command);
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "interruption"));
        return interruption;
    }

    /** Says that the command has ended by itself. */
    void finished() {
        finished.countDown();
    }

    private void stop() {
        if (finished.getCount() == 0) {
            return;
        }
        command.interrupt();
        try {
            if (finished.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        surroundings.err().println("ERROR: " + ErrorCode.INTERRUPTED + ": the command was stopped");
        surroundings.err().println("HINT: Run 'tidemark resume' to go on, or 'tidemark cancel' to clean up.");
        surroundings.err().flush();
    }
}
