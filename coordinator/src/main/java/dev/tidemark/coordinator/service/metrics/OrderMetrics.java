package dev.tidemark.coordinator.service.metrics;

import dev.tidemark.coordinator.schedule.ScheduleProblem;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.scheduled.ScheduleLoop;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The orders of this process and its schedules. */
final class OrderMetrics {
    private static final String NAMESPACE = "namespace";

    private OrderMetrics() {}

    static void register(
            Collection<String> namespaces, OperationDesk desk, ScheduleLoop schedules, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("tidemark_orders")
                .help("Orders of this process that wait (queued) or are carried out (running).")
                .labelNames(NAMESPACE, "state")
                .callback(callback -> counts(namespaces, desk)
                        .forEach((namespace, counts) ->
                                counts.forEach((state, count) -> callback.call(count, namespace, word(state)))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("tidemark_schedule_problems")
                .help("Problems of the schedules in their last round; with an empty namespace those of all of them.")
                .labelNames(NAMESPACE)
                .callback(callback -> problems(namespaces, schedules.problems())
                        .forEach((namespace, count) -> callback.call(count, namespace)))
                .register(registry);
        Counter ended = Counter.builder()
                .name("tidemark_orders_ended")
                .help("Orders that have ended in this process.")
                .labelNames(NAMESPACE, "type", "outcome")
                .register(registry);
        desk.whenEnded(status -> ended.labelValues(status.namespace(), status.type(), word(status.state()))
                .inc());
    }

    private static Map<String, Map<OrderStatus.State, Long>> counts(Collection<String> namespaces, OperationDesk desk) {
        Map<String, Map<OrderStatus.State, Long>> counts = new TreeMap<>();
        namespaces.forEach(namespace -> counts.put(
                namespace, new TreeMap<>(Map.of(OrderStatus.State.QUEUED, 0L, OrderStatus.State.RUNNING, 0L))));
        desk.list("").stream()
                .filter(order -> !order.hasEnded() && counts.containsKey(order.namespace()))
                .forEach(order -> counts.get(order.namespace()).merge(order.state(), 1L, Long::sum));
        return counts;
    }

    private static Map<String, Long> problems(Collection<String> namespaces, List<ScheduleProblem> found) {
        Map<String, Long> counts = new TreeMap<>(
                found.stream().collect(Collectors.groupingBy(ScheduleProblem::namespace, Collectors.counting())));
        namespaces.forEach(namespace -> counts.putIfAbsent(namespace, 0L));
        return counts;
    }

    private static String word(OrderStatus.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
