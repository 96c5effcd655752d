package dev.tidemark.kvs.cassandra.node.jmx;

/** Hears how far a repair has come. */
@FunctionalInterface
public interface RepairProgress {
    /**
     * Takes note.
     *
     * @param done steps that are done
     * @param total all steps; may grow
     */
    void at(int done, int total);
}
