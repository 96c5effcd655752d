package dev.tidemark.cli;

import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import java.util.List;
import java.util.function.Consumer;

/** Tells a listener what has changed from one status of an order to the next. Thread-safe. */
final class RemoteProgress implements Consumer<OrderStatus> {
    private final OperationListener listener;
    private long revision = -1;
    private String operation = "";
    private int stepsDone;
    private String step = "";
    private List<String> notes = List.of();

    RemoteProgress(OperationListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void accept(OrderStatus status) {
        if (status.revision() <= revision && !status.hasEnded()) {
            return;
        }
        revision = status.revision();
        if (!status.operationId().equals(operation)) {
            operation = status.operationId();
            stepsDone = 0;
            step = "";
            listener.operationStarted(operation, status.type(), status.namespace(), false);
        }
        List<String> done = status.stepsDone();
        for (int number = Math.min(stepsDone, done.size()); number < done.size(); number++) {
            begin(done.get(number));
            listener.stepFinished(operation, step);
            step = "";
        }
        stepsDone = done.size();
        if (!status.currentStep().isEmpty()) {
            begin(status.currentStep());
            OrderStatus.Progress progress = status.progress();
            listener.progress(operation, step, progress.doneBytes(), progress.totalBytes(), progress.doneItems());
        }
        newNotes(status.notes()).forEach(note -> listener.note(operation, note));
        notes = status.notes();
    }

    private void begin(String name) {
        if (!name.equals(step)) {
            step = name;
            listener.stepStarted(operation, step);
        }
    }

    /** The oldest ones are forgotten by the service when there are many. */
    private List<String> newNotes(List<String> all) {
        for (int known = Math.min(notes.size(), all.size()); known > 0; known--) {
            if (all.subList(0, known).equals(notes.subList(notes.size() - known, notes.size()))) {
                return all.subList(known, all.size());
            }
        }
        return all;
    }
}
