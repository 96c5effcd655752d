package dev.tidemark.kvs.cassandra.node.jmx;

/** The node has answered that it can't, or won't, do what it was asked. The message is the node's own. */
final class CallRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    CallRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
