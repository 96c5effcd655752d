package dev.tidemark.architecture.sample.coordinator;

/** Prints although it is not the command line. */
public final class Printer {
    /** Prints. */
    public void print() {
        System.out.println();
    }
}
