package dev.tidemark.timestamp.hot;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests for fresh timestamps on the thread that has read them, and passes everything else on to the handlers behind it, on
 * a thread of the connector's pool. Thread-safe.
 *
 * <p>The thread that reads from connections does everything for all of them in turn: no connection waits for a thread, and none is
 * preferred because its thread happens to run. So nothing here may wait; what has to wait, a bound that must be persisted first or a
 * confirmation of who leads, goes to the pool as well.
 */
public final class HotHandler extends Handler.Wrapper {
    private final String prefix;
    private final String connector;
    private final OpenOracles oracles;
    private final HotAccess access;
    private final HotCounters counters;

    /**
     * Creates the handler.
     *
     * @param basePath what stands before every path; a slash at its end is dropped
     * @param connector name of the connectors whose requests are answered; those of others are passed on
     * @param behind what answers the rest
     */
    public HotHandler(
            String basePath,
            String connector,
            OpenOracles oracles,
            HotAccess access,
            HotCounters counters,
            Handler behind) {
        super(behind);
        this.prefix = basePath.endsWith("/") ? basePath : basePath + "/";
        this.connector = connector;
        this.oracles = oracles;
        this.access = access;
        this.counters = counters;
    }

    /** Says that the thread that reads from connections may come in here; see {@link #passOn}. */
    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Optional<HotRequest> asked = parse(request);
        if (asked.isPresent()) {
            new HotExchange(this, asked.get(), request, response, callback).run();
        } else {
            passOn(request, response, callback);
        }
        return true;
    }

    private Optional<HotRequest> parse(Request request) {
        String path = request.getHttpURI().getPath();
        if (path == null
                || !path.startsWith(prefix)
                || !HttpMethod.POST.is(request.getMethod())
                || !connector.equals(
                        request.getConnectionMetaData().getConnector().getName())) {
            return Optional.empty();
        }
        return HotRequest.parse(
                path.substring(prefix.length()), request.getHttpURI().getQuery());
    }

    OpenOracles oracles() {
        return oracles;
    }

    HotAccess access() {
        return access;
    }

    HotCounters counters() {
        return counters;
    }

    /** Has a request answered by the handlers behind, which may wait. */
    void passOn(Request request, Response response, Callback callback) {
        execute(request, response, callback, () -> handleBehind(request, response, callback));
    }

    /** Runs something on a thread that may wait; answers 503 when there is none. */
    void execute(Request request, Response response, Callback callback, Runnable task) {
        Executor pool = request.getConnectionMetaData().getConnector().getExecutor();
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
        }
    }

    /** As {@link #passOn}, on this thread. */
    void handleBehind(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Exception e) {
            Response.writeError(request, response, callback, e);
        }
    }
}
