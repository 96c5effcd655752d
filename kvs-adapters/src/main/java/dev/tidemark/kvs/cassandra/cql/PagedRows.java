package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.CloseableIterator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The rows of several queries, one query after the other, page by page. While a page is read, the next ones are under way; a page
 * that fails is asked for again. Pages are as long as they may be, and shorter where rows are large, so that a page has about a
 * mebibyte. Fails at the step where the failure would matter.
 */
final class PagedRows implements CloseableIterator<Row> {
    private static final int PAGES_AHEAD = 3;
    private static final long PAGE_BYTES = 1 << 20;
    private static final int MIN_ROWS = 16;
    private static final int FIRST_ROWS = 256;
    private static final int MAX_GROWTH = 8;

    private final CassandraSession session;
    private final String what;
    private final Iterator<BoundStatement> statements;
    /** The next page of the query that is being read, if it has one, and then the first pages of those that follow. */
    private final Deque<Fetch> fetches = new ArrayDeque<>();

    private Iterator<Row> page = Collections.emptyIterator();
    private int pageRows;
    private long rowsRead;
    private long bytesRead;

    /**
     * Creates an iterator; nothing is sent yet.
     *
     * @param what what is done, for errors
     * @param statements must be safe to repeat; closed by this iterator if they can be
     */
    PagedRows(CassandraSession session, String what, Iterator<BoundStatement> statements) {
        this.session = session;
        this.what = what;
        this.statements = statements;
        this.pageRows = Math.min(FIRST_ROWS, session.settings().pageSize());
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext()) {
            sendAhead();
            Fetch fetch = fetches.poll();
            if (fetch == null) {
                return false;
            }
            AsyncResultSet answer = fetch.await();
            adaptPages();
            page = answer.currentPage().iterator();
            if (answer.hasMorePages()) {
                ByteBuffer position = answer.getExecutionInfo().getPagingState();
                fetches.addFirst(new Fetch(fetch.statement.setPagingState(position)));
            }
            sendAhead();
        }
        return true;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Row row = page.next();
        rowsRead++;
        for (int i = 0; i < row.size(); i++) {
            ByteBuffer value = row.getBytesUnsafe(i);
            bytesRead += value == null ? 0 : value.remaining();
        }
        return row;
    }

    @Override
    public void close() {
        fetches.forEach(Fetch::cancel);
        fetches.clear();
        page = Collections.emptyIterator();
        if (statements instanceof CloseableIterator<?> closeable) {
            closeable.close();
        }
    }

    private void sendAhead() {
        while (fetches.size() < PAGES_AHEAD && statements.hasNext()) {
            fetches.add(new Fetch(statements.next()));
        }
    }

    private void adaptPages() {
        if (rowsRead > 0) {
            long fitting = rowsRead * PAGE_BYTES / Math.max(1, bytesRead);
            long grown = Math.min(fitting, (long) pageRows * MAX_GROWTH);
            pageRows = (int) Math.max(
                    Math.min(MIN_ROWS, session.settings().pageSize()),
                    Math.min(grown, session.settings().pageSize()));
            rowsRead = 0;
            bytesRead = 0;
        }
    }

    /** A page that is under way or has arrived. */
    private final class Fetch {
        private final BoundStatement statement;
        private CompletableFuture<AsyncResultSet> answer;

        Fetch(BoundStatement statement) {
            this.statement = statement.setPageSize(pageRows);
            send();
        }

        private void send() {
            answer = session.executeAsync(statement).toCompletableFuture();
        }

        AsyncResultSet await() {
            for (int attempt = 1; ; attempt++) {
                try {
                    return answer.get();
                } catch (ExecutionException e) {
                    session.retries().pauseOrThrow(attempt, DriverErrors.translate(what, e));
                    send();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw DriverErrors.interrupted(what, e);
                }
            }
        }

        void cancel() {
            answer.cancel(true);
        }
    }
}
