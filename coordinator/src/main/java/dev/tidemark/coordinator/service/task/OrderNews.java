package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.operations.OrderStatus;
import java.util.List;
import java.util.Locale;

/** Tells of an order what was not told yet. Not thread-safe. */
final class OrderNews {
    private final TaskLines lines;
    private String operationId = "";
    private int stepsTold;
    private List<String> notesTold = List.of();
    private String progressTold = "";

    OrderNews(TaskLines lines) {
        this.lines = lines;
    }

    void tell(OrderStatus status) {
        if (!status.operationId().equals(operationId)) {
            operationId = status.operationId();
            stepsTold = 0;
            lines.line(status.type() + " '" + operationId + "' of namespace '" + status.namespace() + "' begins");
        }
        List<String> steps = status.stepsDone();
        // An operation that begins another cut does some steps again.
        for (int i = Math.min(stepsTold, steps.size()); i < steps.size(); i++) {
            lines.line("  " + steps.get(i) + ": done");
        }
        stepsTold = steps.size();
        status.notes().stream()
                .filter(note -> !notesTold.contains(note))
                .forEach(note -> lines.line("  note: " + note));
        notesTold = status.notes();
        String progress = progress(status);
        if (!progress.isEmpty() && !progress.equals(progressTold)) {
            lines.line(progress);
        }
        progressTold = progress;
    }

    private static String progress(OrderStatus status) {
        OrderStatus.Progress progress = status.progress();
        if (status.currentStep().isEmpty() || progress.doneBytes() == 0 && progress.doneItems() == 0) {
            return "";
        }
        String percent = progress.totalBytes() == 0
                ? progress.doneItems() + " items"
                : String.format(Locale.ROOT, "%d %%", 100 * progress.doneBytes() / progress.totalBytes());
        return "  " + status.currentStep() + ": " + percent;
    }
}
