package dev.tidemark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The command line in a process of its own that is disturbed where a test wants it. It prints {@code REACHED} on standard output
 * when it gets there; then it waits for a byte on standard input, or the call fails, as the {@link Fault} says.
 */
final class FaultyTidemark {
    private FaultyTidemark() {}

    /** Arguments: the working directory, the fault, the command line. */
    public static void main(String[] arguments) {
        Surroundings surroundings = surroundings(Path.of(arguments[0]));
        CallObserver observer = new CallObserver(new FaultTrap(Fault.ofArgument(arguments[1])));
        String[] command = Arrays.copyOfRange(arguments, 2, arguments.length);
        System.exit(Tidemark.run(surroundings, observer, command));
    }

    /** Returns those of this process, with another working directory. */
    static Surroundings surroundings(Path directory) {
        Surroundings system = Surroundings.system();
        return new Surroundings(
                system.out(),
                system.err(),
                system.in(),
                system.environment(),
                directory,
                false,
                system.clock(),
                system.monotonicClock(),
                system.sleeper(),
                system.random(),
                question -> "");
    }

    private static final class FaultTrap implements CallObserver.Trap {
        private final Fault fault;
        private final AtomicBoolean isReachedBefore = new AtomicBoolean();
        private final AtomicBoolean isReachedAfter = new AtomicBoolean();

        FaultTrap(Fault fault) {
            this.fault = fault;
        }

        @Override
        public void onCall(String step, String call, boolean isDone) {
            AtomicBoolean isReached = isDone ? isReachedAfter : isReachedBefore;
            if (!fault.matches(step, call, isDone) || !isReached.compareAndSet(false, true)) {
                return;
            }
            System.out.println(TidemarkProcess.REACHED);
            if (!fault.kind().isPause()) {
                throw fault.failure();
            }
            try {
                if (System.in.read() < 0) {
                    throw new IllegalStateException("the test has gone");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
