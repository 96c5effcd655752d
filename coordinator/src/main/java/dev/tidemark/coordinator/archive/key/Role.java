package dev.tidemark.coordinator.archive.key;

import java.util.Arrays;
import java.util.Optional;

/** What a key slot opens. */
public enum Role {
    /** Encryption keys and signing key: takes backups, changes keys, removes. */
    WRITER("writer"),
    /** The encryption keys alone: restores, exports, copies the bytes of a node; signs nothing. */
    READER("reader");

    private final String word;

    Role(String word) {
        this.word = word;
    }

    /** Returns the word for it, also in the format. */
    public String word() {
        return word;
    }

    /** Returns the role with this word. */
    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word.equals(word)).findFirst();
    }
}
