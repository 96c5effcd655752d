package dev.tidemark.coordinator.operation;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes calls on one at a time. That a lock was renewed is left out while the listener has something else to do, and may be told to no
 * effect: whoever renews a lock must not wait for whoever is told of it.
 */
final class SerialListener implements OperationListener {
    private final OperationListener listener;
    private final ReentrantLock lock = new ReentrantLock();

    SerialListener(OperationListener listener) {
        this.listener = listener;
    }

    @Override
    public void operationStarted(String operationId, String type, String namespace, boolean isResumed) {
        serially(() -> listener.operationStarted(operationId, type, namespace, isResumed));
    }

    @Override
    public void stepStarted(String operationId, String step) {
        serially(() -> listener.stepStarted(operationId, step));
    }

    @Override
    public void stepFinished(String operationId, String step) {
        serially(() -> listener.stepFinished(operationId, step));
    }

    @Override
    public void progress(String operationId, String step, long doneBytes, long totalBytes, long doneItems) {
        serially(() -> listener.progress(operationId, step, doneBytes, totalBytes, doneItems));
    }

    @Override
    public void nodeProgress(String operationId, String step, String node, long doneBytes, long doneFiles) {
        serially(() -> listener.nodeProgress(operationId, step, node, doneBytes, doneFiles));
    }

    @Override
    public void note(String operationId, String message) {
        serially(() -> listener.note(operationId, message));
    }

    @Override
    public void lockRenewed(String operationId) {
        unlessBusy(() -> listener.lockRenewed(operationId));
    }

    @Override
    public void lockRenewalFailed(String operationId, String reason) {
        unlessBusy(() -> listener.lockRenewalFailed(operationId, reason));
    }

    private void serially(Runnable call) {
        lock.lock();
        try {
            call.run();
        } finally {
            lock.unlock();
        }
    }

    private void unlessBusy(Runnable call) {
        if (lock.tryLock()) {
            try {
                call.run();
            } catch (RuntimeException ignored) {
                // Whoever is told must not keep the lock from being renewed.
            } finally {
                lock.unlock();
            }
        }
    }
}
