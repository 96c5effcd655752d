package dev.tidemark.coordinator.agent.throttle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A channel that is read in small pieces, each of which passes a throttle. Not thread-safe. */
final class ThrottledChannel implements ReadableByteChannel {
    /** So much is read at a time, so that a limit is kept evenly and a closed gate stops soon. */
    private static final int PIECE_BYTES = 64 << 10;

    private final ReadableByteChannel channel;
    private final CopyThrottle throttle;
    private final Runnable permission;

    ThrottledChannel(ReadableByteChannel channel, CopyThrottle throttle, Runnable permission) {
        this.channel = channel;
        this.throttle = throttle;
        this.permission = permission;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        throttle.pass(permission);
        int limit = target.limit();
        int count;
        try {
            target.limit(target.position() + Math.min(PIECE_BYTES, target.remaining()));
            count = channel.read(target);
        } finally {
            target.limit(limit);
        }
        throttle.took(Math.max(0, count), permission);
        return count;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
