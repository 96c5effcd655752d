package dev.tidemark.timestamp.service.metrics;

import dev.tidemark.kvs.time.MonotonicClock;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Counts and measures the requests of a port. Thread-safe. */
final class RequestMetricsFilter implements Filter {
    private final RequestMetrics metrics;
    private final MonotonicClock clock;

    RequestMetricsFilter(RequestMetrics metrics, MonotonicClock clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long from = clock.nanoTime();
        boolean isAnswered = false;
        try {
            chain.doFilter(request, response);
            isAnswered = true;
        } finally {
            String path = ((HttpServletRequest) request).getRequestURI();
            int status = isAnswered ? ((HttpServletResponse) response).getStatus() : 500;
            metrics.answered(PathGroup.of(path), status, clock.nanoTime() - from);
        }
    }
}
