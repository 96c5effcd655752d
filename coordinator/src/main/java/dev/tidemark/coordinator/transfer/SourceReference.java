package dev.tidemark.coordinator.transfer;

/**
 * Where a source is.
 *
 * @param location of an export the absolute path of its file, or {@link #STREAM}; of a copy the configured name of the archive
 * @param trustedKey of an export the public key that was trusted when the import began, in base 64; of a copy empty
 */
public record SourceReference(String location, String trustedKey) {
    /** Stands for standard input, which nobody can open again. */
    public static final String STREAM = "-";
}
