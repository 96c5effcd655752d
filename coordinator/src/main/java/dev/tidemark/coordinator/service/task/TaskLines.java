package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.problem.Redaction;
import dev.tidemark.kvs.TidemarkException;
import java.io.PrintWriter;

/** Writes the answer of a task line by line; each is sent at once. Not thread-safe. */
final class TaskLines {
    private final PrintWriter output;

    TaskLines(PrintWriter output) {
        this.output = output;
    }

    void line(String text) {
        output.print(Redaction.of(text).replaceAll("\\p{Cntrl}", " ") + "\n");
        output.flush();
    }

    /** Tells whether nobody reads any more. */
    boolean isAbandoned() {
        return output.checkError();
    }

    void ok(String text) {
        line("ok " + text);
    }

    void error(TidemarkException e) {
        error(e.code().name(), String.valueOf(e.getMessage()), e.hint());
    }

    void error(String code, String message, String hint) {
        line("error " + code + " " + message + (hint.isEmpty() ? "" : " HINT: " + hint));
    }
}
