package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.schedule.Pause;
import java.time.Instant;

/**
 * Why nothing is begun by the clock.
 *
 * @param by who has paused the schedules, for people to read
 * @param reason why, or empty
 * @param since when
 */
public record PauseView(String by, String reason, Instant since) {
    static PauseView of(Pause pause) {
        return new PauseView(pause.who(), pause.reason(), pause.at());
    }
}
