package dev.tidemark.coordinator.service.trace;

import dev.tidemark.coordinator.service.observation.OrderObserver;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Sends spans to a collector, in the background; what it does not take is dropped. */
public final class Tracing implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final SdkTracerProvider provider;

    private Tracing(SdkTracerProvider provider) {
        this.provider = provider;
    }

    /** Creates what sends spans to the configured collector; connects to nothing. */
    public static Tracing open(TracingConfiguration configuration) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(configuration.endpoint().toString())
                .setTimeout(TIMEOUT);
        configuration.headers().forEach(exporter::addHeader);
        return open(
                configuration.serviceName(),
                BatchSpanProcessor.builder(exporter.build()).build());
    }

    /** @param processor gets the spans */
    static Tracing open(String serviceName, SpanProcessor processor) {
        return new Tracing(SdkTracerProvider.builder()
                .setResource(Resource.getDefault().toBuilder()
                        .put("service.name", serviceName)
                        .build())
                .addSpanProcessor(processor)
                .build());
    }

    /** Returns who makes the spans. */
    public OrderObserver observer() {
        return new OrderTracer(provider.get("dev.tidemark"));
    }

    /** Sends what waits, for ten seconds at most. */
    @Override
    public void close() {
        provider.shutdown().join(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
