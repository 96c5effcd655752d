package dev.tidemark.coordinator.service.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.service.observation.ObservedOrderRunner;
import dev.tidemark.coordinator.service.observation.OrderObserver.Observation;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.PlannedRunner;
import dev.tidemark.kvs.ErrorCode;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingTest {
    private static final OperationOrder BACKUP = new OperationOrder.Backup(null, null, null);

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final Tracing tracing = Tracing.open("bank-backups", SimpleSpanProcessor.create(exporter));
    private final PlannedRunner runner = new PlannedRunner();
    private final ObservedOrderRunner observed = new ObservedOrderRunner(runner, List.of(tracing.observer()));

    @AfterEach
    void close() {
        tracing.close();
    }

    @Test
    void order_thatSucceeds_isASpanWithOneInsideOfItForEachStep() {
        observed.run("a", BACKUP, OperationListener.NONE);

        SpanData step = span("copy");
        SpanData order = span("backup");
        assertThat(exporter.getFinishedSpanItems()).hasSize(2);
        assertThat(step.getParentSpanId()).isEqualTo(order.getSpanId());
        assertThat(step.getTraceId()).isEqualTo(order.getTraceId());
        assertThat(order.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(order.getAttributes().get(OrderTracer.NAMESPACE)).isEqualTo("a");
        assertThat(order.getAttributes().get(OrderTracer.OPERATION)).isEqualTo("backup-a-0");
        assertThat(step.getAttributes().get(OrderTracer.STEP)).isEqualTo("copy");
        assertThat(order.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
        assertThat(order.getResource().getAttributes().asMap().toString()).contains("service.name=bank-backups");
    }

    @Test
    void order_thatFails_endsBothSpansWithTheCodeAndNoSecret() {
        runner.failWith(new CoordinatorException(ErrorCode.STORE_UNAVAILABLE, "away: password=hunter2", ""));

        assertThatThrownBy(() -> observed.run("a", BACKUP, OperationListener.NONE))
                .isInstanceOf(CoordinatorException.class);

        SpanData order = span("backup");
        assertThat(order.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(order.getAttributes().get(OrderTracer.ERROR)).isEqualTo("STORE_UNAVAILABLE");
        assertThat(order.getStatus().getDescription()).contains("away").doesNotContain("hunter2");
        assertThat(span("copy").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span("copy").hasEnded()).isTrue();
    }

    @Test
    void step_leftForAnotherOne_isEndedAndNotesAreEvents() {
        Observation observation = tracing.observer().begun("a", "backup");
        observation.operationStarted("b-1", "backup", "a", true);
        observation.stepStarted("b-1", "snapshot");
        observation.note("b-1", "another cut");
        observation.stepStarted("b-1", "hold");
        observation.stepFinished("b-1", "hold");
        observation.succeeded("report");

        assertThat(exporter.getFinishedSpanItems().stream().map(SpanData::getName))
                .containsExactly("snapshot", "hold", "backup");
        assertThat(span("backup").getEvents()).singleElement().satisfies(event -> assertThat(
                        event.getAttributes().get(OrderTracer.NOTE))
                .isEqualTo("another cut"));
        assertThat(span("backup").getAttributes().get(OrderTracer.RESUMED)).isTrue();
    }

    @Test
    void configuration_endpointWithAPassword_isRefusedAndHeadersAreNotPrinted() {
        assertThatThrownBy(() -> new TracingConfiguration(URI.create("http://u:pw@h/v1"), null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'endpoint' is not acceptable")
                .hasMessageNotContaining("pw@");
        assertThat(new TracingConfiguration(URI.create("http://h/v1"), Map.of("k", "s3cret"), null).toString())
                .doesNotContain("s3cret");
    }

    private SpanData span(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
