package dev.tidemark.architecture.sample.cli;

/** A command, which may print. */
public final class Command {
    /** Prints. */
    public void run() {
        System.out.println();
    }
}
