package dev.tidemark.coordinator.service.trace;

import dev.tidemark.coordinator.service.observation.OrderObserver;
import dev.tidemark.coordinator.service.problem.Redaction;
import dev.tidemark.kvs.TidemarkException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/** Makes a span of what is done for an order, with one inside of it for each step. Thread-safe. */
final class OrderTracer implements OrderObserver {
    static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("tidemark.namespace");
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("tidemark.operation");
    static final AttributeKey<String> STEP = AttributeKey.stringKey("tidemark.step");
    static final AttributeKey<String> NOTE = AttributeKey.stringKey("tidemark.note");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("tidemark.error");
    static final AttributeKey<Boolean> RESUMED = AttributeKey.booleanKey("tidemark.resumed");

    private final Tracer tracer;

    OrderTracer(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Observation begun(String namespace, String type) {
        return new Spans(tracer.spanBuilder(type)
                .setNoParent()
                .setAttribute(NAMESPACE, namespace)
                .startSpan());
    }

    /** Calls may come from several threads, one at a time; the last one may come from another thread than the others. */
    private final class Spans implements Observation {
        private final Span order;
        private Span step = Span.getInvalid();

        private Spans(Span order) {
            this.order = order;
        }

        @Override
        public synchronized void operationStarted(
                String operationId, String type, String namespace, boolean isResumed) {
            order.setAttribute(OPERATION, operationId).setAttribute(RESUMED, isResumed);
        }

        @Override
        public synchronized void stepStarted(String operationId, String name) {
            step.end(); // one that was left for another step is not said to be finished
            step = tracer.spanBuilder(name)
                    .setParent(Context.root().with(order))
                    .setAttribute(OPERATION, operationId)
                    .setAttribute(STEP, name)
                    .startSpan();
        }

        @Override
        public synchronized void stepFinished(String operationId, String name) {
            step.end();
            step = Span.getInvalid();
        }

        @Override
        public synchronized void note(String operationId, String message) {
            order.addEvent("note", Attributes.of(NOTE, Redaction.of(message)));
        }

        @Override
        public synchronized void succeeded(Object report) {
            order.setStatus(StatusCode.OK);
            end();
        }

        @Override
        public synchronized void failed(RuntimeException failure) {
            String code =
                    failure instanceof TidemarkException known ? known.code().name() : "INTERNAL";
            step.setStatus(StatusCode.ERROR);
            order.setAttribute(ERROR, code)
                    .setStatus(StatusCode.ERROR, Redaction.of(String.valueOf(failure.getMessage())));
            end();
        }

        private void end() {
            step.end();
            order.end();
        }
    }
}
