package dev.tidemark.coordinator.service.access;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Tells browsers with every answer, of resources and of files, what they must not do with it: run or load anything that does not come
 * from this service, show it inside of another page, guess its type, tell others where it was, keep answers of the API.
 */
public final class SecurityHeadersFilter implements Filter {
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final String TRANSPORT_SECURITY = "max-age=31536000";

    private final String apiPrefix;

    /**
     * Creates the filter.
     *
     * @param apiPrefix what the paths of the API begin with, such as {@code /api/}
     */
    public SecurityHeadersFilter(String apiPrefix) {
        this.apiPrefix = apiPrefix;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletResponse answer = (HttpServletResponse) response;
        answer.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        answer.setHeader("X-Content-Type-Options", "nosniff");
        answer.setHeader("X-Frame-Options", "DENY");
        answer.setHeader("Referrer-Policy", "no-referrer");
        answer.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (((HttpServletRequest) request).getRequestURI().startsWith(apiPrefix)) {
            answer.setHeader("Cache-Control", "no-store");
        }
        if (request.isSecure()) {
            answer.setHeader("Strict-Transport-Security", TRANSPORT_SECURITY);
        }
        chain.doFilter(request, response);
    }
}
