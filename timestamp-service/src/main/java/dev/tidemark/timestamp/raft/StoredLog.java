package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.util.MD5FileUtil;
import org.apache.ratis.util.SizeInBytes;

/**
 * What Ratis finds on the medium of one server, read as a whole before the server may vote: Ratis itself would take a missing file
 * for one that never was.
 *
 * @param lastIndex number of the last entry, in the log or in the snapshot; -1 when there is none
 */
record StoredLog(long lastIndex) {
    private static final Pattern SEGMENT = Pattern.compile("log_(?:(\\d+)-(\\d+)|inprogress_(\\d+))");

    /**
     * Reads everything: the newest snapshot must be whole, all entries after it must be there without a gap, each with its
     * checksum, and reach the watermark.
     *
     * @param groupDirectory where Ratis keeps the group; need not exist
     * @throws dev.tidemark.timestamp.TimestampException {@link dev.tidemark.kvs.ErrorCode#BOUND_STORE_DAMAGED} when that is not
     *     so, {@link dev.tidemark.kvs.ErrorCode#UNKNOWN_FORMAT_VERSION} when another version has written the snapshot
     */
    static StoredLog check(Path groupDirectory, long watermark) throws IOException {
        Reader reader = new Reader();
        if (Files.isDirectory(groupDirectory)) {
            reader.readSnapshot(groupDirectory.resolve("sm"));
            reader.readSegments(groupDirectory.resolve("current"));
        }
        if (reader.last < watermark) {
            throw RaftErrors.damaged(
                    groupDirectory,
                    "its log ends with entry " + reader.last + " (expected: at least " + watermark
                            + ", which was committed)",
                    null);
        }
        return new StoredLog(reader.last);
    }

    private static final class Reader {
        private long last = -1;
        private long lastTerm;

        private void readSnapshot(Path directory) throws IOException {
            Path newest = null;
            TermIndex place = TermIndex.INITIAL_VALUE;
            for (Path file : list(directory)) {
                Matcher name = SimpleStateMachineStorage.SNAPSHOT_REGEX.matcher(
                        file.getFileName().toString());
                if (name.matches() && Files.exists(file.resolveSibling(name.group() + MD5FileUtil.MD5_SUFFIX))) {
                    TermIndex found = TermIndex.valueOf(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
                    if (newest == null || found.getIndex() > place.getIndex()) {
                        newest = file;
                        place = found;
                    }
                }
            }
            if (newest == null) {
                return;
            }
            TermIndex inside = SnapshotFile.read(newest).place();
            if (!inside.equals(place)) {
                throw RaftErrors.damaged(newest, "it was taken at " + inside, null);
            }
            last = place.getIndex();
            lastTerm = place.getTerm();
        }

        private void readSegments(Path directory) throws IOException {
            List<Segment> segments = new ArrayList<>();
            for (Path file : list(directory)) {
                Matcher name = SEGMENT.matcher(file.getFileName().toString());
                if (name.matches()) {
                    boolean isOpen = name.group(3) != null;
                    long first = Long.parseLong(isOpen ? name.group(3) : name.group(1));
                    segments.add(new Segment(file, first, isOpen ? -1 : Long.parseLong(name.group(2)), isOpen));
                }
            }
            segments.sort(Comparator.comparingLong(Segment::first));
            for (Segment segment : segments) {
                readSegment(segment);
            }
            checkTerm(directory.resolve("raft-meta"));
        }

        private void readSegment(Segment segment) throws IOException {
            if (segment.first > last + 1) {
                throw RaftErrors.damaged(
                        segment.path,
                        "it begins with entry " + segment.first + " (expected: at most " + (last + 1) + ")",
                        null);
            }
            long[] next = {segment.first};
            try {
                LogSegment.readSegmentFile(
                        segment.path.toFile(),
                        LogSegmentPath.matchLogSegment(segment.path).getStartEnd(),
                        SizeInBytes.valueOf(RaftFiles.MAX_ENTRY_BYTES),
                        RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION,
                        null,
                        entry -> readEntry(segment.path, entry, next));
            } catch (TimestampException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw RaftErrors.damaged(segment.path, String.valueOf(e.getMessage()), e);
            }
            if (!segment.isOpen && next[0] != segment.last + 1) {
                throw RaftErrors.damaged(
                        segment.path,
                        "it ends with entry " + (next[0] - 1) + " (expected: " + segment.last + ")",
                        null);
            }
            last = Math.max(last, next[0] - 1);
        }

        private void readEntry(Path path, LogEntryProto entry, long[] next) {
            if (entry.getIndex() != next[0]) {
                throw RaftErrors.damaged(
                        path, "it has entry " + entry.getIndex() + " (expected: " + next[0] + ")", null);
            }
            next[0]++;
            lastTerm = Math.max(lastTerm, entry.getTerm());
        }

        /** A term that went back would let this server vote twice in one. */
        private void checkTerm(Path file) throws IOException {
            if (last < 0) {
                return;
            }
            Properties meta = new Properties();
            if (Files.exists(file)) {
                try (var text = Files.newBufferedReader(file)) {
                    meta.load(text);
                } catch (IllegalArgumentException | CharacterCodingException e) {
                    throw RaftErrors.damaged(file, "it can't be read", e);
                }
            }
            String term = meta.getProperty("term", "missing");
            if (!term.matches("\\d{1,18}") || Long.parseLong(term) < lastTerm) {
                throw RaftErrors.damaged(file, "its term is " + term + " (expected: at least " + lastTerm + ")", null);
            }
        }

        private static List<Path> list(Path directory) throws IOException {
            if (!Files.isDirectory(directory)) {
                return List.of();
            }
            try (Stream<Path> files = Files.list(directory)) {
                return files.toList();
            }
        }
    }

    /** A file of the log. */
    private record Segment(Path path, long first, long last, boolean isOpen) {}
}
