package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.coordinator.transfer.BackupSource;
import dev.tidemark.coordinator.transfer.IncomingFile;
import dev.tidemark.coordinator.transfer.SourceReference;
import dev.tidemark.kvs.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Queue;

/**
 * Reads an export from its beginning to its end. The manifest is believed at once, since it is signed; the files when the signature
 * over all sums has been checked, after the last of them. The sums are not kept: they must be exactly those that were computed on the
 * way. Memory: the manifest and one list. Not thread-safe.
 */
public final class ExportSource implements BackupSource {
    private final InputStream stream;
    private final TarReader tar;
    private final String location;
    private final VerifyingKey key;
    private final ExportFormat.Header header;
    private final Manifest manifest;
    private final String manifestSha256;
    private final MessageDigest sums = ExportFormat.sha256();
    private final Queue<ExportFormat.Line> lines = new ArrayDeque<>();

    /** Greater with each file; where the manifest's nodes are in it is checked by whoever knows them all. */
    private ExportFormat.Line lastLine;

    private Optional<TarReader.Entry> pending = Optional.empty();
    private FileContent open;
    private int lists;
    private long sumsBytes;

    private ExportSource(InputStream stream, String location, TrustedKeys trusted) {
        this.stream = stream;
        this.location = location;
        tar = new TarReader(stream);
        byte[] headerBytes = document(ExportFormat.HEADER, 64 << 10);
        header = decodeHeader(headerBytes);
        key = header.key();
        trusted.require(key);
        byte[] manifestBytes =
                document(ExportFormat.MANIFEST, StrictJson.MAX_DOCUMENT_BYTES + SignedDocument.MAX_FIRST_LINE);
        manifest = new ManifestReader(new InMemoryObjectStore(), header.layout(), header.archiveId(), key)
                .verify(header.backupId(), manifestBytes);
        manifestSha256 = ExportFormat.sha256(manifestBytes);
        addSum(ExportFormat.sha256(headerBytes), ExportFormat.HEADER);
        addSum(manifestSha256, ExportFormat.MANIFEST);
        if (tar.seconds() != ExportFormat.seconds(manifest.timeAtBackupTimestamp())) {
            throw ExportFormat.invalid("its entries do not bear the time of the backup");
        }
    }

    /**
     * Opens an export and reads its manifest.
     *
     * @param stream closed with this, and when this fails
     * @param location where another process finds the export, see {@link SourceReference}
     * @throws dev.tidemark.coordinator.CoordinatorException {@code INVALID_INPUT} when it is not what an export is,
     *     {@code MANIFEST_INVALID} when the manifest was changed, {@code WRONG_KEY} when it is not signed by anybody who is trusted,
     *     {@code UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    public static ExportSource open(InputStream stream, String location, TrustedKeys trusted) {
        try {
            return new ExportSource(stream, location, trusted);
        } catch (RuntimeException | Error e) {
            close(stream);
            throw e;
        }
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public String manifestSha256() {
        return manifestSha256;
    }

    @Override
    public SourceReference reference() {
        return new SourceReference(location, Base64Text.encode(key.encoded()));
    }

    @Override
    public Optional<IncomingFile> nextFile() {
        endFile();
        if (lines.isEmpty() && !readList()) {
            return Optional.empty();
        }
        ExportFormat.Line line = lines.remove();
        TarReader.Entry entry = tar.next().orElseThrow(() -> ExportFormat.invalid("it has no sums"));
        if (!entry.name().equals(line.name()) || entry.size() != line.sizeBytes()) {
            throw ExportFormat.invalid("entry '" + printable(entry.name()) + "' of " + entry.size()
                    + " bytes is not the one that its list names");
        }
        open = new FileContent(tar, line);
        FileContent content = open;
        return Optional.of(new IncomingFile(
                line.store(),
                line.node(),
                line.path(),
                line.sizeBytes(),
                line.identity(),
                Bytes.ofHex(line.sha256()),
                () -> content));
    }

    @Override
    public void finish() {
        TarReader.Entry entry = pending.orElseThrow(() -> ExportFormat.invalid("it has no sums"));
        if (!entry.name().equals(ExportFormat.SUMS) || entry.size() != sumsBytes) {
            throw ExportFormat.invalid(
                    "entry '" + printable(entry.name()) + "' of " + entry.size() + " bytes is not expected here");
        }
        String expected = HexFormat.of().formatHex(sums.digest());
        MessageDigest found = ExportFormat.sha256();
        byte[] buffer = new byte[8 << 10];
        for (int count = tar.read(buffer, 0, buffer.length); count >= 0; count = tar.read(buffer, 0, buffer.length)) {
            found.update(buffer, 0, count);
        }
        if (!HexFormat.of().formatHex(found.digest()).equals(expected)) {
            throw ExportFormat.invalid("'" + ExportFormat.SUMS + "' does not fit the content");
        }
        byte[] signature = document(ExportFormat.SIGNATURE, 64 << 10);
        SignedDocument seal = SignedDocument.verify(
                header.layout().export(header.backupId()), signature, key, SignedDocument.Kind.EXPORT);
        if (!Arrays.equals(seal.payload(), StrictJson.encode(ExportFormat.Seal.of(header, expected)))) {
            throw ExportFormat.invalid("its signature is for another content");
        }
        if (tar.next().isPresent()) {
            throw ExportFormat.invalid("something follows its signature");
        }
    }

    @Override
    public void close() {
        close(stream);
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing what was only read", e);
        }
    }

    /** What nobody wanted to have is read and checked too. */
    private void endFile() {
        if (open != null) {
            open.drain();
            open = null;
        }
    }

    private boolean readList() {
        if (pending.isPresent()) {
            return false;
        }
        TarReader.Entry entry = tar.next().orElseThrow(() -> ExportFormat.invalid("it has no sums"));
        lists++;
        if (!entry.name().equals(ExportFormat.listName(lists))) {
            pending = Optional.of(entry);
            return false;
        }
        if (entry.size() == 0 || entry.size() > ExportFormat.MAX_LIST_BYTES) {
            throw ExportFormat.invalid("'" + entry.name() + "' has " + entry.size() + " bytes (expected: 1 to "
                    + ExportFormat.MAX_LIST_BYTES + ")");
        }
        byte[] content = tar.content(entry);
        addSum(ExportFormat.sha256(content), entry.name());
        parse(entry.name(), content);
        return true;
    }

    private void parse(String list, byte[] content) {
        int from = 0;
        while (from < content.length) {
            int to = from;
            while (to < content.length && content[to] != '\n') {
                to++;
            }
            if (to == content.length || lines.size() == ExportFormat.LIST_FILES) {
                throw ExportFormat.invalid(
                        "'" + list + "' is not a list of at most " + ExportFormat.LIST_FILES + " lines");
            }
            ExportFormat.Line line = decode(list, Arrays.copyOfRange(content, from, to));
            requireOrder(line);
            addSum(line.sha256(), line.name());
            lines.add(line);
            lastLine = line;
            from = to + 1;
        }
    }

    /** A node whose files go on after those of another one is found by whoever knows the manifest's order. */
    private void requireOrder(ExportFormat.Line line) {
        boolean isSameNode = lastLine != null
                && lastLine.store().equals(line.store())
                && lastLine.node().equals(line.node());
        if (isSameNode && line.path().compareTo(lastLine.path()) <= 0) {
            throw ExportFormat.invalid(
                    "path '" + line.path() + "' follows '" + lastLine.path() + "' (expected: a greater one)");
        }
    }

    private static ExportFormat.Line decode(String list, byte[] text) {
        try {
            ExportFormat.Line line = StrictJson.decode(text, ExportFormat.Line.class);
            if (!Arrays.equals(StrictJson.encode(line), text)) {
                throw ExportFormat.invalid("a line of '" + list + "' is not in the form in which it was written");
            }
            return line;
        } catch (IOException e) {
            throw ExportFormat.invalid("a line of '" + list + "' can't be read: " + firstLine(e), e);
        }
    }

    private static ExportFormat.Header decodeHeader(byte[] content) {
        try {
            long version = StrictJson.number(content, "format");
            if (version > ExportFormat.VERSION) {
                throw FormatErrors.unknownVersion(ExportFormat.HEADER, version, ExportFormat.VERSION);
            }
            ExportFormat.Header header = StrictJson.decode(content, ExportFormat.Header.class);
            if (version != ExportFormat.VERSION || !Arrays.equals(StrictJson.encode(header), content)) {
                throw ExportFormat.invalid("'" + ExportFormat.HEADER + "' is not in the form in which it was written");
            }
            return header;
        } catch (IOException e) {
            throw ExportFormat.invalid("'" + ExportFormat.HEADER + "' can't be read: " + firstLine(e), e);
        }
    }

    private byte[] document(String name, int maxBytes) {
        TarReader.Entry entry = tar.next().orElseThrow(() -> ExportFormat.invalid("it has no '" + name + "'"));
        if (!entry.name().equals(name) || entry.size() > maxBytes) {
            throw ExportFormat.invalid("entry '" + printable(entry.name()) + "' of " + entry.size()
                    + " bytes stands where '" + name + "' must be");
        }
        return tar.content(entry);
    }

    private void addSum(String sha256, String name) {
        byte[] line = ExportFormat.sumLine(sha256, name);
        sums.update(line);
        sumsBytes += line.length;
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String printable(String name) {
        String cut = name.length() > 200 ? name.substring(0, 200) + "..." : name;
        return new String(cut.replaceAll("\\p{Cntrl}", "?").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
