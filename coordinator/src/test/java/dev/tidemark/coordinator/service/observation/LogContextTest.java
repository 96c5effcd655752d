package dev.tidemark.coordinator.service.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {
    private final VirtualTime time = new VirtualTime();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final EngineSeams seams =
            LogContext.carriedBy(new EngineSeams(time, time, time, time.process(), thread, new Random(1), "host"));

    @AfterEach
    void close() {
        MDC.clear();
        thread.shutdownNow();
    }

    @Test
    void workers_workOfAnOperation_hasItsContextAndLeavesNone() throws Exception {
        MDC.put("operation", "b-1");
        assertThat(operationOnAWorker()).isEqualTo("b-1");
        MDC.clear();

        assertThat(operationOnAWorker()).as("the context of the one before").isNull();
        Future<String> after = thread.submit(() -> MDC.get("operation"));
        assertThat(after.get()).isNull();
    }

    @Test
    void periodicTasks_ofAnOperation_haveItsContext() {
        List<String> operations = new ArrayList<>();
        MDC.put("operation", "b-2");
        seams.periodicTasks().every("renewal", Duration.ofSeconds(1), () -> operations.add(MDC.get("operation")));
        MDC.clear();

        time.advance(Duration.ofSeconds(2));

        assertThat(operations).containsExactly("b-2", "b-2");
        assertThat(MDC.get("operation")).isNull();
    }

    private String operationOnAWorker() throws Exception {
        FutureTask<String> work = new FutureTask<>(() -> MDC.get("operation"));
        seams.workers().execute(work);
        return work.get();
    }
}
