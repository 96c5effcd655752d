package dev.tidemark.timestamp.hot;

import java.util.Deque;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request of whose body a part was read already, which is read again here before the rest. Read by one thread at a time. */
final class ReplayedRequest extends Request.Wrapper {
    private final Deque<Content.Chunk> read;

    /** The last chunk that was given back, if it ends the body or has failed; null before. */
    private Content.Chunk end;

    ReplayedRequest(Request request, Deque<Content.Chunk> read) {
        super(request);
        this.read = read;
    }

    @Override
    public Content.Chunk read() {
        if (end != null) {
            return Content.Chunk.next(end);
        }
        Content.Chunk chunk = read.poll();
        if (chunk == null) {
            return super.read();
        }
        if (chunk.isLast()) {
            end = chunk;
        }
        return chunk;
    }

    @Override
    public void demand(Runnable demandCallback) {
        if (read.isEmpty() && end == null) {
            super.demand(demandCallback);
        } else {
            getConnectionMetaData().getConnector().getExecutor().execute(demandCallback);
        }
    }
}
