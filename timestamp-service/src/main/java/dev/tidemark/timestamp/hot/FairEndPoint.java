package dev.tidemark.timestamp.hot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The server's end of a connection, which after an answer gives way to the other connections: what has come in meanwhile is not read
 * before the thread that reads has looked at all of them.
 *
 * <p>Without this, Jetty goes on with a connection as long as something can be read from it. A client that answers as fast as it
 * is answered keeps the thread to itself then, and the others wait for many times as long. Besides, two reads that mostly find
 * nothing are saved with each request.
 */
final class FairEndPoint extends SocketChannelEndPoint {
    /** Set by a write, until somebody wants to be told that there is something to read. */
    private volatile boolean hasWritten;

    FairEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        return hasWritten ? 0 : super.fill(buffer);
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        hasWritten = true;
        return super.flush(buffers);
    }

    @Override
    protected void needsFillInterest() {
        hasWritten = false;
        super.needsFillInterest();
    }
}
