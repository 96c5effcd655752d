package dev.tidemark.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The command line in a process of its own that stops where a test wants it: when a line with the given text is printed on
 * standard error it prints {@code PAUSED} and waits for a byte on standard input, so that the test can kill it there.
 */
final class PausingTidemark {
    private PausingTidemark() {}

    /** Arguments: the working directory, the text to pause at, the command line. */
    public static void main(String[] arguments) {
        Surroundings system = Surroundings.system();
        Surroundings surroundings = new Surroundings(
                system.out(),
                new PausingStream(arguments[1]),
                system.in(),
                system.environment(),
                Path.of(arguments[0]),
                false,
                system.clock(),
                system.monotonicClock(),
                system.sleeper(),
                system.random(),
                question -> "");
        String[] command = new String[arguments.length - 2];
        System.arraycopy(arguments, 2, command, 0, command.length);
        System.exit(Tidemark.run(surroundings, command));
    }

    private static final class PausingStream extends PrintStream {
        private final String text;
        private boolean isPast;

        PausingStream(String text) {
            super(System.err, true);
            this.text = text;
        }

        @Override
        public synchronized void println(String line) {
            super.println(line);
            if (line.contains(text) && !isPast) {
                isPast = true;
                System.out.println("PAUSED");
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
}
