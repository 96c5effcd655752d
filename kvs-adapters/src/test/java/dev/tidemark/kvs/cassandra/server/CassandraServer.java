package dev.tidemark.kvs.cassandra.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** One node of a cluster: a process of its own, which keeps its addresses, tokens and directories over its lives. For use by one thread. */
public interface CassandraServer {
    /** Returns a name that is unique in its cluster, for messages. */
    String name();

    /** Returns where it serves CQL. */
    InetSocketAddress cql();

    /** Returns where it serves JMX, over RMI and without authentication. */
    InetSocketAddress jmx();

    /** Returns where it talks to other nodes: its broadcast address and storage port. */
    InetSocketAddress storage();

    /** Returns the directories that hold {@code keyspace/table-id/...}. They exist after the first start. */
    List<Path> dataDirectories();

    /** Returns the directory that holds all of its files, the log among them. */
    Path directory();

    /** Says whether its process is alive, be it paused. */
    boolean isRunning();

    boolean isPaused();

    /**
     * Ends its process at once, as the loss of a machine would. Files that it has written are there; writes acknowledged in the last tenth
     * of a second may be lost on this node, since their part of the commit log isn't marked as complete. Does nothing if it isn't
     * running.
     */
    void kill();

    /**
     * Ends its process in order: it says goodbye to the other nodes and flushes. Does nothing if it isn't running. Takes some
     * seconds, and with 2.2 up to a minute if the schema has changed within the last one: it waits for a task of its own.
     */
    void stop();

    /**
     * Starts it again where it was, and returns when it serves CQL. The other nodes may see it as up only later, see
     * {@link CassandraServers#awaitAllUp}. Does nothing if it is running.
     */
    void start();

    /**
     * Deletes everything that it has stored, system keyspaces too, as the loss of its disk would. When it starts next it takes its
     * address and tokens as a new, empty node, and knows the schema from the others.
     *
     * @throws IllegalStateException if it is running
     */
    void wipe();

    /** Stops its process from making progress, until {@link #resume}; its connections stay open. Does nothing if it is paused. */
    void pause();

    /** Lets it go on. Does nothing if it isn't paused. */
    void resume();
}
