package dev.tidemark.cli.support;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.service.problem.Redaction;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The entries of a bundle, in order, and how they become a file. Not thread-safe. */
public final class SupportBundle {
    private final Instant now;
    private final List<Entry> entries = new ArrayList<>();

    /** @param now what entries are stamped with */
    public SupportBundle(Instant now) {
        this.now = now;
    }

    /**
     * Adds an entry.
     *
     * @param name its name in the file
     * @param about what it is, for people
     * @param text gives its text, when the file is written
     */
    public SupportBundle add(String name, String about, Callable<String> text) {
        entries.add(new Entry(name, about, text));
        return this;
    }

    /** Returns what each entry is, by name. */
    public Map<String, String> contents() {
        Map<String, String> contents = new LinkedHashMap<>();
        entries.forEach(entry -> contents.put(entry.name, entry.about));
        return contents;
    }

    /**
     * Writes a new file, which nobody but this user can read. An entry that can't be read says why.
     *
     * @return the entries that can't be read, with the reason
     * @throws CliException {@link ErrorCode#INVALID_INPUT} when there is such a file, or it can't be written
     */
    public Map<String, String> write(Path file) {
        Map<String, String> failed = new LinkedHashMap<>();
        try (OutputStream out = create(file);
                ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            for (Entry entry : entries) {
                ZipEntry header = new ZipEntry(entry.name);
                header.setTimeLocal(now.atOffset(ZoneOffset.UTC).toLocalDateTime());
                zip.putNextEntry(header);
                zip.write(Redaction.of(text(entry, failed)).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        } catch (FileAlreadyExistsException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "file '" + file + "' exists (expected: a new one)",
                    "Name another file with --output, or remove this one.",
                    e);
        } catch (IOException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "file '" + file + "' can't be written: " + e.getMessage(),
                    "Name a file in a directory that this user may write, with --output.",
                    e);
        }
        return failed;
    }

    private static String text(Entry entry, Map<String, String> failed) throws IOException {
        try {
            return entry.text.call();
        } catch (TidemarkException e) {
            failed.put(entry.name, String.valueOf(e.getMessage()));
            return "could not be read: " + e.getMessage() + "\nHINT: " + e.hint() + "\n";
        } catch (Exception e) {
            failed.put(entry.name, e.toString());
            return "could not be read: " + e + "\n";
        }
    }

    private static OutputStream create(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return Channels.newOutputStream(Files.newByteChannel(
                    file,
                    Set.copyOf(EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        }
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private record Entry(String name, String about, Callable<String> text) {}
}
