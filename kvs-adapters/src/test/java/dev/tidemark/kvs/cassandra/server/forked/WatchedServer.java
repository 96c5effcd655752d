package dev.tidemark.kvs.cassandra.server.forked;

import java.io.IOException;
import java.util.Arrays;

/**
 * The main class of a node's process: runs another main class, and ends the process when its standard input does. The other end
 * of that pipe is held open by the JVM that runs the tests, and is closed by the system when that ends, however it ends.
 *
 * <p>Uses nothing but the JDK: it is all of the tests that is on the node's class path.
 */
public final class WatchedServer {
    private WatchedServer() {}

    /** @param arguments the name of the class to run, then its own arguments */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread watch = new Thread(WatchedServer::haltAtEndOfInput, "watch");
        watch.setDaemon(true);
        watch.start();
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever said, only the end counts.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(1);
    }
}
