package dev.tidemark.timestamp.service.task;

import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.timestamp.web.Grants;
import dev.tidemark.timestamp.web.Right;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Set;

/** Demands the token before a task is looked for, and lets a task set the status of its answer. Thread-safe. */
final class TaskGuard implements Filter {
    private static final Set<Right> NEEDED = Set.of(Right.MANAGEMENT);

    private final Grants grants;
    private final ThreadLocal<HttpServletResponse> answering = new ThreadLocal<>();

    TaskGuard(Grants grants) {
        this.grants = grants;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletResponse answer = (HttpServletResponse) response;
        answer.setHeader("Cache-Control", "no-store");
        answering.set(answer);
        try {
            grants.check(((HttpServletRequest) request).getHeader("Authorization"), NEEDED, false);
            chain.doFilter(request, response);
        } catch (TidemarkException e) {
            answer.setContentType("text/plain;charset=UTF-8");
            refuse(e, answer.getWriter());
        } finally {
            answering.remove();
        }
    }

    /** Answers the request of this thread with an error. */
    void refuse(TidemarkException e, PrintWriter output) {
        answering.get().setStatus(e.code().httpStatus());
        output.println(e.code() + ": " + e.getMessage());
        if (!e.hint().isEmpty()) {
            output.println("HINT: " + e.hint());
        }
        output.flush();
    }
}
