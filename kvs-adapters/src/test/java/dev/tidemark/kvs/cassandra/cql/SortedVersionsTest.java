package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.DISK_FULL;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SortedVersionsTest {
    @TempDir
    Path directory;

    /** As many runs as make one, some, and one for each version. */
    @ParameterizedTest
    @CsvSource({"0,1000000", "1,1", "2000,100000000", "2000,20000", "300,1"})
    void sort_anyNumberOfRuns_givesAllInOrderAndLeavesNothing(int count, long runBytes) throws Exception {
        Random random = new Random(count);
        List<CellVersion> versions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] row = new byte[1 + random.nextInt(3)];
            byte[] value = new byte[random.nextInt(100)];
            random.nextBytes(row);
            random.nextBytes(value);
            versions.add(
                    new CellVersion(Cell.of(Bytes.wrap(row), Bytes.ofLong(i)), random.nextInt(5), Bytes.wrap(value)));
        }
        Collections.shuffle(versions, random);
        Source source = new Source(versions);

        List<CellVersion> sorted = new ArrayList<>();
        try (SortedVersions scan = SortedVersions.sort(source, directory, runBytes)) {
            assertThat(files()).hasSize(runBytes == 1 ? Math.max(0, count - 1) : files().size());
            scan.forEachRemaining(sorted::add);
            assertThatThrownBy(scan::next).isInstanceOf(NoSuchElementException.class);
        }

        versions.sort(SortedVersions.ORDER);
        assertThat(sorted).isEqualTo(versions);
        assertThat(source.isClosed).isTrue();
        assertThat(files()).isEmpty();
    }

    @Test
    void close_inTheMiddle_removesTheFiles() throws Exception {
        SortedVersions scan = SortedVersions.sort(new Source(some()), directory, 1);
        scan.next();
        assertThat(files()).isNotEmpty();

        scan.close();
        scan.close();

        assertThat(files()).isEmpty();
        assertThat(scan.hasNext()).isFalse();
    }

    @Test
    void sort_sourceFails_removesTheFilesAndClosesTheSource() throws Exception {
        Source source = new Source(some());
        source.failsAtEnd = true;

        assertFails(STORE_UNAVAILABLE, () -> SortedVersions.sort(source, directory, 1));

        assertThat(files()).isEmpty();
        assertThat(source.isClosed).isTrue();
    }

    @Test
    void sort_directoryIsMissing_namesIt() {
        assertThatThrownBy(() -> SortedVersions.sort(new Source(some()), directory.resolve("missing"), 1))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(DISK_FULL);
                    assertThat(e).hasMessageContaining("missing");
                });
    }

    private static List<CellVersion> some() {
        return Stream.of("c", "a", "b")
                .map(row -> new CellVersion(Cell.of(Bytes.utf8(row), Bytes.EMPTY), 1, Bytes.EMPTY))
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static final class Source implements CloseableIterator<CellVersion> {
        private final Iterator<CellVersion> versions;
        private boolean failsAtEnd;
        private boolean isClosed;

        Source(List<CellVersion> versions) {
            this.versions = List.copyOf(versions).iterator();
        }

        @Override
        public boolean hasNext() {
            if (!versions.hasNext() && failsAtEnd) {
                throw new KeyValueStoreException(STORE_UNAVAILABLE, "node down", "Start it.");
            }
            return versions.hasNext();
        }

        @Override
        public CellVersion next() {
            return versions.next();
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
