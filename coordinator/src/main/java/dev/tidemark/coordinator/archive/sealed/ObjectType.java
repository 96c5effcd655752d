package dev.tidemark.coordinator.archive.sealed;

/** What a sealed object holds. The numbers are part of the format and never reused. */
public enum ObjectType {
    /** A chunk inside a pack. */
    CHUNK(1),
    /** The table of contents at the end of a pack. */
    PACK_TABLE(2),
    /** An index object. */
    INDEX(3),
    /** A part of a file list. */
    FILE_LIST(4),
    /** A document of the engine: a journal record, an entry of a lock. */
    DOCUMENT(5);

    private final int number;

    ObjectType(int number) {
        this.number = number;
    }

    /** Returns the byte that stands for it, 1..255. */
    public int number() {
        return number;
    }
}
