package dev.tidemark.timestamp.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Refuses requests while too many are under way, so that those that are can be answered. Thread-safe. */
public final class RequestLimitFilter implements Filter {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String WAIT_SECONDS = "1";

    private final int limit;
    private final Semaphore free;
    private final Supplier<UUID> instanceIds;
    private final ObjectMapper mapper;

    /**
     * Creates the filter.
     *
     * @param limit requests that may be under way at a time
     * @param instanceIds names each error
     * @param mapper writes the error
     */
    public RequestLimitFilter(int limit, Supplier<UUID> instanceIds, ObjectMapper mapper) {
        this.limit = limit;
        this.free = new Semaphore(limit);
        this.instanceIds = instanceIds;
        this.mapper = mapper;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!free.tryAcquire()) {
            refuse((HttpServletResponse) response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            free.release();
        }
    }

    private void refuse(HttpServletResponse response) throws IOException {
        ErrorBody body = ErrorBody.of(
                TOO_MANY_REQUESTS,
                instanceIds.get().toString(),
                ErrorBody.parameters(
                        ErrorCode.TOO_MANY_REQUESTS.name(),
                        limit + " requests are under way, which is the limit",
                        "Send the request again a second later."));
        response.setStatus(TOO_MANY_REQUESTS);
        response.setHeader("Retry-After", WAIT_SECONDS);
        response.setContentType("application/json");
        response.getOutputStream().write(mapper.writeValueAsBytes(body));
    }
}
