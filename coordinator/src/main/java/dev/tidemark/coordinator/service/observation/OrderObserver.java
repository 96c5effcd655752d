package dev.tidemark.coordinator.service.observation;

import dev.tidemark.coordinator.operation.OperationListener;

/** Is told what is done for orders. Thread-safe. */
public interface OrderObserver {
    /**
     * Something begins to be done for an order, on the calling thread.
     *
     * @param type the order's type, as {@code backup}, or {@code cancel}
     * @return who is told what is done, and how it ends
     */
    Observation begun(String namespace, String type);

    /** Is told of one thing that is done; exactly one of {@link #succeeded} and {@link #failed} is the last call. */
    interface Observation extends OperationListener {
        /**
         * It has succeeded.
         *
         * @param report what the operation reports, a record
         */
        default void succeeded(Object report) {}

        /** It has not succeeded: it has failed, was cancelled, or was interrupted to be gone on with. */
        default void failed(RuntimeException failure) {}
    }
}
