package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The files of a snapshot, fetched page by page. Not thread-safe. */
final class RemoteFiles implements CloseableIterator<SnapshotFile> {
    private final AgentClient client;
    private final SnapshotTag tag;
    private Iterator<SnapshotFile> page;
    private String lastPath;
    private boolean isLastPage;

    /** Creates the listing and fetches its first page. */
    RemoteFiles(AgentClient client, SnapshotTag tag, String afterPath) {
        this.client = client;
        this.tag = tag;
        this.lastPath = afterPath;
        fetch();
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !isLastPage) {
            fetch();
        }
        return page.hasNext();
    }

    @Override
    public SnapshotFile next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more files");
        }
        SnapshotFile file = page.next();
        lastPath = file.path();
        return file;
    }

    /** Forgets the page; nothing is open. */
    @Override
    public void close() {}

    private void fetch() {
        Answers.FilePage next = client.sendVerified(AgentRequest.get("/snapshots/" + tag + "/files?limit="
                        + AgentProtocol.MAX_PAGE + "&afterPath=" + AgentRequest.encoded(lastPath)))
                .read(Answers.FilePage.class);
        if (next.files().isEmpty() && !next.isLast()) {
            throw client.errors().unintelligible(200, null);
        }
        page = next.files().iterator();
        isLastPage = next.isLast();
    }
}
