package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.credential.Authenticator;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.cert.X509Certificate;

/**
 * Finds out who calls a task, before the task is looked for. The admin port is reached by whoever is on the machine; a task is for those
 * whom the API lets in. Parameters come in the query: a body would be read before anybody knows whether it may be.
 */
final class TaskGuard implements Filter {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    private static final String KEY = "Idempotency-Key";

    private final Authenticator authenticator;
    private final TaskCalls calls;

    TaskGuard(Authenticator authenticator, TaskCalls calls) {
        this.authenticator = authenticator;
        this.calls = calls;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest given = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        answer.setHeader("Cache-Control", "no-store");
        answer.setHeader("X-Content-Type-Options", "nosniff");
        try {
            calls.begin(call(given, answer));
        } catch (ProblemException e) {
            answer.setStatus(e.status());
            e.headers().forEach(answer::setHeader);
            answer.setContentType(ServiceTask.TEXT);
            new TaskLines(answer.getWriter()).error(e);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            calls.end();
        }
    }

    private TaskCall call(HttpServletRequest request, HttpServletResponse response) {
        Caller caller = authenticator
                .authenticate(request.getRemoteAddr(), request.getHeader("Authorization"), certificate(request))
                .orElseThrow(Caller::missing);
        if (request.getHeader("Origin") != null || request.getHeader("Sec-Fetch-Site") != null) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN,
                    "the request comes from a browser",
                    "Use a program such as curl, or the dashboard of the service.");
        }
        if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
            throw new ProblemException(
                    ErrorCode.INVALID_INPUT,
                    "the request has a body (expected: parameters in the query, and no body)",
                    "Write them behind the path, as '/tasks/backup?namespace=orders'.");
        }
        String query = request.getQueryString();
        String key = request.getHeader(KEY);
        return new TaskCall(
                caller,
                request.getRequestURI() + (query == null ? "" : "?" + query),
                request.getHeader(Approvals.HEADER),
                key == null ? "" : key,
                response);
    }

    private static X509Certificate certificate(HttpServletRequest request) {
        return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                ? chain[0]
                : null;
    }
}
