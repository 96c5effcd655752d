package dev.tidemark.coordinator.service.notification;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.watch.SeenNamespace;
import dev.tidemark.coordinator.service.watch.WatchListener;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.StatusProblem;
import dev.tidemark.coordinator.status.StatusState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes notifications of what a watch sees: one for each change of a namespace's state, another one from time to time while it stays bad,
 * and one when it is good again. A state that is good when it is seen first is no news. Thread-safe.
 */
public final class StatusNotices implements WatchListener {
    /** The state of a namespace of which nobody knows how it is. */
    private static final String UNKNOWN = "unknown";

    private final Consumer<Notification> told;
    private final Duration remindEvery;
    private final EngineSeams seams;
    private final Map<String, Told> last = new HashMap<>();

    /**
     * Creates the notices.
     *
     * @param told gets the notifications; must not wait
     * @param remindEvery pause between two notifications about a state that stays bad
     */
    public StatusNotices(Consumer<Notification> told, Duration remindEvery, EngineSeams seams) {
        this.told = told;
        this.remindEvery = remindEvery;
        this.seams = seams;
    }

    @Override
    public void seen(SeenNamespace found) {
        NamespaceStatus status = found.status();
        StatusState state = status.state();
        boolean isGood = state == StatusState.OK || state == StatusState.SHREDDED;
        StatusProblem worst = status.problems().isEmpty()
                ? new StatusProblem(state, "", "")
                : status.problems().get(0);
        say(status.namespace(), new Finding(word(state), isGood, worst.message(), worst.hint()));
    }

    @Override
    public void stale(String namespace, String reason) {
        say(
                namespace,
                new Finding(
                        UNKNOWN,
                        false,
                        "how the namespace is has not been known for a while: " + reason,
                        "Look whether the archive answers."));
    }

    private synchronized void say(String namespace, Finding finding) {
        long now = seams.monotonicClock().nanoTime();
        Told before = last.get(namespace);
        if (before == null) {
            last.put(namespace, new Told(finding, now));
            if (!finding.isGood) {
                tell(NotificationEvent.STATE_CHANGED, namespace, "", finding);
            }
        } else if (!before.finding.state.equals(finding.state)) {
            last.put(namespace, new Told(finding, now));
            if (!finding.isGood) {
                tell(NotificationEvent.STATE_CHANGED, namespace, before.finding.state, finding);
            } else if (!before.finding.isGood) {
                tell(NotificationEvent.RECOVERED, namespace, before.finding.state, finding);
            }
        } else if (!finding.isGood && now - before.atNanos >= remindEvery.toNanos()) {
            last.put(namespace, new Told(finding, now));
            tell(NotificationEvent.REMINDER, namespace, finding.state, finding);
        }
    }

    private void tell(NotificationEvent event, String namespace, String previousState, Finding finding) {
        String title =
                switch (event) {
                    case REMINDER -> "namespace '" + namespace + "' is still " + finding.state;
                    case RECOVERED ->
                        "namespace '" + namespace + "' is " + finding.state + " again (was " + previousState + ")";
                    default -> "namespace '" + namespace + "' is " + finding.state;
                };
        told.accept(Notification.of(
                event,
                seams.clock().instant(),
                seams.host(),
                title,
                Map.of(
                        "namespace", namespace,
                        "state", finding.state,
                        "previousState", previousState,
                        "message", finding.message,
                        "hint", finding.hint)));
    }

    private static String word(StatusState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private record Finding(String state, boolean isGood, String message, String hint) {}

    /** What was told last, or was found first. */
    private record Told(Finding finding, long atNanos) {}
}
