package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.IssuedPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time index of one namespace: records of fixed size, see {@link TimeIndexRecord}, each appended and forced to the medium.
 *
 * <p>A record is written at the last multiple of its size, so one that was torn is overwritten and nothing that is whole
 * ever is. A record that can't be read, or does not follow the one before it, is passed over: the index has one point less
 * there. Thinning writes a new file, makes it durable and renames it; what an interrupted one leaves is overwritten by the
 * next.
 *
 * <p>The file is opened for each use. Thread-safe; a caller waits for the I/O of another.
 */
final class TimeIndexFile {
    private static final Logger LOG = LoggerFactory.getLogger(TimeIndexFile.class);
    private static final int RECORDS_PER_READ = 4096;

    private final Path path;
    private final Path thinnedPath;
    private final String namespace;
    private final BlockFile.Opener opener;

    /** How many records the file can have before it is thinned. */
    private long thinAbove = TimeIndexLevels.FINE_POINTS + TimeIndexLevels.SLACK_POINTS;

    /** The newest point; null when there is none, or the file was not read yet. */
    private IssuedPoint last;

    private boolean isLastKnown;

    TimeIndexFile(Path path, String namespace, BlockFile.Opener opener) {
        this.path = path;
        this.thinnedPath = path.resolveSibling(path.getFileName() + ".new");
        this.namespace = namespace;
        this.opener = opener;
    }

    synchronized void add(IssuedPoint point) {
        BoundErrors.checkFollows(point, last());
        long records;
        try {
            records = append(point);
        } catch (IOException e) {
            throw BoundFile.translate("write", path, e);
        }
        last = point;
        if (records > thinAbove) {
            thin(records);
        }
    }

    synchronized Optional<IssuedPoint> last() {
        if (!isLastKnown) {
            scan(point -> {
                last = point;
                return true;
            });
            isLastKnown = true;
        }
        return Optional.ofNullable(last);
    }

    synchronized List<IssuedPoint> read(long afterTimestamp, int maxPoints) {
        List<IssuedPoint> points = new ArrayList<>();
        scan(point -> {
            if (point.timestamp() > afterTimestamp) {
                points.add(point);
            }
            return points.size() < maxPoints;
        });
        return points;
    }

    private long append(IssuedPoint point) throws IOException {
        boolean isNew = !Files.exists(path);
        if (isNew) {
            Files.createFile(path);
        }
        long index;
        try (BlockFile file = opener.open(path)) {
            index = file.size() / TimeIndexRecord.SIZE_BYTES;
            file.write(index * TimeIndexRecord.SIZE_BYTES, TimeIndexRecord.encode(namespace, point));
            file.force();
        }
        if (isNew) {
            opener.forceDirectory(path.getParent());
        }
        return index + 1;
    }

    /** Passes all points in their order until the action says that it has enough. */
    private void scan(Predicate<IssuedPoint> action) {
        if (!Files.exists(path)) {
            return;
        }
        try (BlockFile file = opener.open(path)) {
            long records = file.size() / TimeIndexRecord.SIZE_BYTES;
            IssuedPoint previous = null;
            for (long first = 0; first < records; first += RECORDS_PER_READ) {
                int length = (int) Math.min(RECORDS_PER_READ, records - first) * TimeIndexRecord.SIZE_BYTES;
                byte[] bytes = file.read(first * TimeIndexRecord.SIZE_BYTES, length);
                for (int i = 0; i + TimeIndexRecord.SIZE_BYTES <= bytes.length; i += TimeIndexRecord.SIZE_BYTES) {
                    IssuedPoint point =
                            TimeIndexRecord.decode(namespace, bytes, i).orElse(null);
                    if (point == null || (previous != null && !point.follows(previous))) {
                        continue;
                    }
                    previous = point;
                    if (!action.test(point)) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            throw BoundFile.translate("read", path, e);
        }
    }

    /** Thins the index. A failure leaves the file as it was, and it is tried again after as many points as usual. */
    private void thin(long records) {
        try {
            List<IssuedPoint> kept = TimeIndexLevels.thin(read(0, Integer.MAX_VALUE));
            replace(kept);
            thinAbove = kept.size() + TimeIndexLevels.SLACK_POINTS;
            LOG.debug("time index of namespace '{}' thinned from {} to {} points", namespace, records, kept.size());
        } catch (IOException e) {
            thinAbove = records + TimeIndexLevels.SLACK_POINTS;
            LOG.warn("time index '{}' could not be thinned and grows: {}", path, e.toString());
        }
    }

    private void replace(List<IssuedPoint> points) throws IOException {
        Files.deleteIfExists(thinnedPath);
        Files.createFile(thinnedPath);
        try (BlockFile file = opener.open(thinnedPath)) {
            long position = 0;
            for (int from = 0; from < points.size(); from += RECORDS_PER_READ) {
                byte[] bytes = encode(points.subList(from, Math.min(points.size(), from + RECORDS_PER_READ)));
                file.write(position, bytes);
                position += bytes.length;
            }
            file.force();
        }
        Files.move(thinnedPath, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        opener.forceDirectory(path.getParent());
    }

    private byte[] encode(List<IssuedPoint> points) {
        byte[] bytes = new byte[points.size() * TimeIndexRecord.SIZE_BYTES];
        for (int i = 0; i < points.size(); i++) {
            byte[] encoded = TimeIndexRecord.encode(namespace, points.get(i));
            System.arraycopy(encoded, 0, bytes, i * TimeIndexRecord.SIZE_BYTES, encoded.length);
        }
        return bytes;
    }
}
