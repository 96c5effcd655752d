package dev.tidemark.coordinator.service.observation;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.MDC;

/**
 * Carries the context of the log (the MDC) along: a worker, and what is repeated in the background, log with the namespace, the order
 * and the operation of whoever has handed over the work. Thread-safe.
 */
public final class LogContext {
    private LogContext() {}

    /** Returns seams whose workers and periodic tasks have the context of the thread that gave them their work. */
    public static EngineSeams carriedBy(EngineSeams seams) {
        return new EngineSeams(
                seams.clock(),
                seams.monotonicClock(),
                seams.sleeper(),
                new Tasks(seams.periodicTasks()),
                new Workers(seams.workers()),
                seams.random(),
                seams.host());
    }

    private static Runnable withContext(Runnable work) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        return () -> {
            Map<String, String> before = MDC.getCopyOfContextMap();
            set(context);
            try {
                work.run();
            } finally {
                set(before);
            }
        };
    }

    private static void set(Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }

    private record Workers(Executor executor) implements Executor {
        @Override
        public void execute(Runnable work) {
            executor.execute(withContext(work));
        }
    }

    private record Tasks(PeriodicTasks tasks) implements PeriodicTasks {
        @Override
        public Registration every(String name, Duration interval, Runnable task) {
            return tasks.every(name, interval, withContext(task));
        }

        @Override
        public void close() {
            tasks.close();
        }
    }
}
