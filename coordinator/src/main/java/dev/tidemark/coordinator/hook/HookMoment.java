package dev.tidemark.coordinator.hook;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** When a hook is run. */
public enum HookMoment {
    /** Before a backup does anything. */
    BEFORE_BACKUP,
    /** When a backup has ended, well or not. */
    AFTER_BACKUP,
    /** Before a restore does anything. */
    BEFORE_RESTORE,
    /** When a restore has ended, well or not. */
    AFTER_RESTORE;

    /** Returns the word for it in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Tells whether it comes before the operation. */
    public boolean isBefore() {
        return this == BEFORE_BACKUP || this == BEFORE_RESTORE;
    }

    /** Returns the moment that a word stands for. */
    public static Optional<HookMoment> of(String word) {
        return Arrays.stream(values())
                .filter(moment -> moment.word().equals(word))
                .findFirst();
    }
}
