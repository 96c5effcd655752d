package dev.tidemark.coordinator.operation;

/** Passes calls on one at a time. */
final class SerialListener implements OperationListener {
    private final OperationListener listener;

    SerialListener(OperationListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void operationStarted(String operationId, String type, String namespace, boolean isResumed) {
        listener.operationStarted(operationId, type, namespace, isResumed);
    }

    @Override
    public synchronized void stepStarted(String operationId, String step) {
        listener.stepStarted(operationId, step);
    }

    @Override
    public synchronized void stepFinished(String operationId, String step) {
        listener.stepFinished(operationId, step);
    }

    @Override
    public synchronized void progress(
            String operationId, String step, long doneBytes, long totalBytes, long doneItems) {
        listener.progress(operationId, step, doneBytes, totalBytes, doneItems);
    }

    @Override
    public synchronized void nodeProgress(
            String operationId, String step, String node, long doneBytes, long doneFiles) {
        listener.nodeProgress(operationId, step, node, doneBytes, doneFiles);
    }

    @Override
    public synchronized void note(String operationId, String message) {
        listener.note(operationId, message);
    }

    @Override
    public synchronized void lockRenewed(String operationId) {
        listener.lockRenewed(operationId);
    }

    @Override
    public synchronized void lockRenewalFailed(String operationId, String reason) {
        listener.lockRenewalFailed(operationId, reason);
    }
}
