package dev.tidemark.coordinator.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.observation.OrderObserver.Observation;
import dev.tidemark.kvs.ErrorCode;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationMetricsTest {
    private final VirtualTime time = new VirtualTime();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final OperationMetrics metrics = new OperationMetrics(List.of("a"), time, registry);

    @Test
    void operation_thatSucceeds_isTimedWithItsStepsAndBytes() throws IOException {
        Observation observation = metrics.begun("a", "backup");
        observation.operationStarted("b-1", "backup", "a", false);
        observation.stepStarted("b-1", "copy");
        time.advance(Duration.ofSeconds(3));
        observation.stepFinished("b-1", "copy");
        time.advance(Duration.ofSeconds(1));
        observation.succeeded(report());

        assertThat(scrape())
                .contains("tidemark_step_seconds_sum{step=\"copy\",type=\"backup\"} 3.0")
                .contains("tidemark_operation_seconds_sum{namespace=\"a\",outcome=\"succeeded\",type=\"backup\"} 4.0")
                .contains("tidemark_backup_processed_bytes_total{kind=\"raw\",namespace=\"a\"} 1000.0")
                .contains("tidemark_backup_processed_bytes_total{kind=\"read\",namespace=\"a\"} 300.0")
                .contains("tidemark_backup_processed_bytes_total{kind=\"new\",namespace=\"a\"} 200.0")
                .contains("tidemark_backup_processed_bytes_total{kind=\"stored\",namespace=\"a\"} 100.0");
    }

    @Test
    void operations_thatDoNotSucceed_areToldApart() throws IOException {
        metrics.begun("a", "restore").failed(new CoordinatorException(ErrorCode.INTERRUPTED, "stopped", ""));
        metrics.begun("a", "restore").failed(new CoordinatorException(ErrorCode.STORE_NOT_EMPTY, "full", ""));

        assertThat(scrape())
                .contains(
                        "tidemark_operation_seconds_count{namespace=\"a\",outcome=\"interrupted\",type=\"restore\"} 1")
                .contains("tidemark_operation_seconds_count{namespace=\"a\",outcome=\"failed\",type=\"restore\"} 1");
    }

    @Test
    void lockRenewals_areCountedFromZero() throws IOException {
        assertThat(scrape()).contains("tidemark_lock_renewals_total{namespace=\"a\",outcome=\"failed\"} 0.0");
        Observation observation = metrics.begun("a", "backup");

        observation.lockRenewed("b-1");
        observation.lockRenewed("b-1");
        observation.lockRenewalFailed("b-1", "slow");

        assertThat(scrape())
                .contains("tidemark_lock_renewals_total{namespace=\"a\",outcome=\"renewed\"} 2.0")
                .contains("tidemark_lock_renewals_total{namespace=\"a\",outcome=\"failed\"} 1.0");
    }

    private String scrape() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, registry.scrape());
        return text.toString(StandardCharsets.UTF_8);
    }

    private static BackupReport report() {
        return new BackupReport(
                "a", "b-1", false, 1, 2, 3, Duration.ZERO, true, false, 1, 1000, 300, 200, 100, Duration.ofSeconds(4));
    }
}
