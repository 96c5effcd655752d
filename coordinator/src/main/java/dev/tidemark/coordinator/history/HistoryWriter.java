package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Records a history, for applications, drills and tests. The order of transactions does not matter. Thread-safe: each line is
 * written as a whole.
 */
public final class HistoryWriter implements AutoCloseable {
    private final Path file;
    private final HistoryHeader header;
    private final BufferedWriter output;
    private boolean isClosed;

    private HistoryWriter(Path file, HistoryHeader header, BufferedWriter output) {
        this.file = file;
        this.header = header;
        this.output = output;
    }

    /**
     * Creates the file and writes the header.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when it exists already or can't be written,
     *     {@link ErrorCode#DISK_FULL} when there is no space
     */
    public static HistoryWriter create(Path file, HistoryHeader header) {
        HistoryWriter writer;
        try {
            writer = new HistoryWriter(
                    file,
                    header,
                    Files.newBufferedWriter(
                            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw HistoryErrors.unwritable(file, e);
        }
        try {
            writer.line(TransactionLine.format(header));
            return writer;
        } catch (IOException e) {
            writer.close();
            throw HistoryErrors.unwritable(file, e);
        }
    }

    /** Begins to record a transaction; it is written when its outcome is told. */
    public TransactionRecorder begin(String store, long start) {
        return new TransactionRecorder(this, store, start);
    }

    /**
     * Writes a transaction.
     *
     * @throws IllegalArgumentException when its store is not in the header
     * @throws CoordinatorException as {@link #create}
     */
    public synchronized void write(HistoryTransaction transaction) {
        if (!header.stores().contains(transaction.store())) {
            throw new IllegalArgumentException(
                    "store: '" + transaction.store() + "' (expected: one of " + header.stores() + ")");
        }
        try {
            line(TransactionLine.format(transaction));
        } catch (IOException e) {
            throw HistoryErrors.unwritable(file, e);
        }
    }

    /**
     * Hands everything that was written to the operating system.
     *
     * @throws CoordinatorException as {@link #create}
     */
    public synchronized void flush() {
        try {
            output.flush();
        } catch (IOException e) {
            throw HistoryErrors.unwritable(file, e);
        }
    }

    /**
     * Ends the file. Closing twice does nothing.
     *
     * @throws CoordinatorException as {@link #create}
     */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            output.close();
        } catch (IOException e) {
            throw HistoryErrors.unwritable(file, e);
        }
    }

    private void line(String text) throws IOException {
        output.write(text);
        output.write('\n');
    }
}
