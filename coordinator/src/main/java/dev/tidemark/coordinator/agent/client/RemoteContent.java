package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.kvs.node.SnapshotTag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;

/** The content of a file, fetched piece by piece, so that a piece that got lost on its way is asked for again. Not thread-safe. */
final class RemoteContent implements ReadableByteChannel {
    private final AgentClient client;
    private final String path;
    private ByteBuffer piece;
    private long offset;
    private boolean isLastPiece;
    private boolean isClosed;

    private RemoteContent(AgentClient client, String path) {
        this.client = client;
        this.path = path;
    }

    /** Opens a file and fetches its first piece. */
    static RemoteContent open(AgentClient client, SnapshotTag tag, String path) {
        RemoteContent content = new RemoteContent(
                client,
                "/snapshots/" + tag + "/content?path=" + AgentRequest.encoded(path) + "&length="
                        + AgentProtocol.MAX_PIECE_BYTES + "&offset=");
        content.fetch();
        return content;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (isClosed) {
            throw new ClosedChannelException();
        }
        if (!piece.hasRemaining() && !isLastPiece) {
            fetch();
        }
        if (!piece.hasRemaining()) {
            return -1;
        }
        int count = Math.min(target.remaining(), piece.remaining());
        target.put(piece.slice().limit(count));
        piece.position(piece.position() + count);
        return count;
    }

    @Override
    public boolean isOpen() {
        return !isClosed;
    }

    @Override
    public void close() {
        isClosed = true;
    }

    private void fetch() {
        AgentAnswer answer = client.sendVerified(AgentRequest.get(path + offset));
        answer.requireSuccess();
        piece = ByteBuffer.wrap(answer.body());
        offset += answer.body().length;
        isLastPiece = answer.body().length < AgentProtocol.MAX_PIECE_BYTES;
    }
}
