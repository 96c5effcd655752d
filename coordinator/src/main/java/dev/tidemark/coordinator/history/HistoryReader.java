package dev.tidemark.coordinator.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a history, one transaction at a time. Strict: whatever docs/history-format.rst does not allow within a line is an error
 * that names the line. What only the lines together can show, such as a timestamp that two of them use, is found by
 * {@link HistoryChecker}. Not thread-safe.
 */
public final class HistoryReader implements AutoCloseable {
    /** Longest line, in bytes, its line feed included. */
    public static final int MAX_LINE_BYTES = 16 << 20;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final List<String> PARSER_ADVICE = List.of(": was expecting", ": expected", " (for ");

    private final Path file;
    private final InputStream input;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private int position;
    private int limit;
    private long line;
    private long readBytes;
    private HistoryHeader header;

    private HistoryReader(Path file, InputStream input) {
        this.file = file;
        this.input = input;
    }

    /**
     * Opens a history and reads its header.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the file can't be read or does not begin with a header,
     *     {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it has another version
     */
    public static HistoryReader open(Path file) {
        if (Files.isDirectory(file)) {
            throw HistoryErrors.unreadable(file, new IOException("it is a directory"));
        }
        HistoryReader reader;
        try {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            reader = new HistoryReader(file, Files.newInputStream(file));
        } catch (IOException e) {
            throw HistoryErrors.unreadable(file, e);
        }
        try {
            reader.readHeader();
            return reader;
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** Returns the header. */
    public HistoryHeader header() {
        return header;
    }

    /**
     * Reads the next transaction.
     *
     * @return empty at the end of the file
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the line can't be accepted or the file can't be read
     */
    public Optional<HistoryTransaction> next() {
        try {
            String text = nextLine();
            return text == null ? Optional.empty() : Optional.of(TransactionLine.parse(text, header));
        } catch (IllegalArgumentException e) {
            throw HistoryErrors.line(file, line, e.getMessage(), e);
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Returns the number of the line that was read last, from 1. */
    public long line() {
        return line;
    }

    /** Returns how many bytes were read. */
    public long readBytes() {
        return readBytes;
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            throw HistoryErrors.unreadable(file, e);
        }
    }

    private void readHeader() {
        try {
            String text = nextLine();
            if (text == null) {
                throw HistoryErrors.line(file, 1, "the file is empty (expected: a header)", null);
            }
            long version = TransactionLine.version(text);
            if (version != TransactionLine.VERSION) {
                throw HistoryErrors.version(file, version);
            }
            header = TransactionLine.parseHeader(text);
        } catch (IllegalArgumentException e) {
            throw HistoryErrors.line(file, line, e.getMessage(), e);
        } catch (IOException e) {
            throw translate(e);
        }
    }

    private CoordinatorException translate(IOException e) {
        if (e instanceof JsonProcessingException json) {
            return HistoryErrors.line(file, line, "it is not JSON: " + problem(json), e);
        }
        if (e instanceof CharacterCodingException) {
            return HistoryErrors.line(file, line, "it is not UTF-8", e);
        }
        return HistoryErrors.unreadable(file, e);
    }

    /** Returns the parser's message without the list of what JSON may be, and where it stopped. */
    private static String problem(JsonProcessingException failure) {
        String message = failure.getOriginalMessage().lines().findFirst().orElse("");
        int end = PARSER_ADVICE.stream()
                .mapToInt(message::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(message.length());
        int column = failure.getLocation() == null ? 1 : failure.getLocation().getColumnNr();
        return message.substring(0, end) + ", near column " + column;
    }

    private String nextLine() throws IOException {
        line++;
        pending.reset();
        while (true) {
            if (position == limit) {
                position = 0;
                limit = Math.max(0, input.read(buffer));
                if (limit == 0) {
                    return atEnd();
                }
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            pending.write(buffer, position, end - position);
            if (pending.size() >= MAX_LINE_BYTES) {
                throw new IllegalArgumentException("it is too long (expected: at most " + MAX_LINE_BYTES + " bytes)");
            }
            boolean isComplete = end < limit;
            position = isComplete ? end + 1 : end;
            if (isComplete) {
                readBytes += pending.size() + 1;
                return decode(pending.toByteArray());
            }
        }
    }

    private String atEnd() {
        if (pending.size() > 0) {
            throw HistoryErrors.tornLine(file, line);
        }
        line--;
        return null;
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
