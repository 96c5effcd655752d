package dev.tidemark.kvs.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CellKeyTest {
    private static final long SEED = 20260214;

    @Test
    void of_anyCells_keysAreOrderedAsCellsThenNewestFirst() {
        Random random = new Random(SEED);
        List<Key> keys = Stream.generate(() -> key(random)).limit(3000).toList();

        List<Key> byBytes = keys.stream()
                .sorted((left, right) -> Arrays.compareUnsigned(left.bytes(), right.bytes()))
                .toList();

        assertThat(byBytes)
                .as("seed %d", SEED)
                .isSortedAccordingTo(
                        Comparator.comparing(Key::cell).thenComparing(Key::timestamp, Comparator.reverseOrder()));
    }

    @Test
    void cell_anyKey_givesBackWhatWasEncoded() {
        Random random = new Random(SEED);
        for (int i = 0; i < 3000; i++) {
            Key key = key(random);

            assertThat(CellKey.cell(key.bytes())).as("seed %d", SEED).isEqualTo(key.cell());
            assertThat(CellKey.timestamp(key.bytes())).isEqualTo(key.timestamp());
            assertThat(CellKey.isOf(key.bytes(), CellKey.prefix(key.cell()))).isTrue();
        }
    }

    @Test
    void of_zerosInBothParts_hasTheDocumentedBytes() {
        Cell cell = Cell.of(Bytes.ofHex("6100"), Bytes.ofHex("00ff"));

        assertThat(Bytes.of(CellKey.of(cell, 5)).toHex()).isEqualTo("6100ff0001" + "00ffff0001" + "fffffffffffffffa");
    }

    @Test
    void cell_keyOfAnotherForm_isRefused() {
        assertThatThrownBy(() -> CellKey.cell(new byte[] {1, 2, 3})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CellKey.cell(Arrays.copyOf(CellKey.of(Cell.of(Bytes.EMPTY, Bytes.EMPTY), 1), 13)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Key key(Random random) {
        long timestamp = random.nextInt(4) == 0 ? random.nextLong() & Long.MAX_VALUE : random.nextInt(3);
        return new Key(Cell.of(part(random), part(random)), timestamp);
    }

    /** Short and of few different bytes, so that prefixes, zeros and equal cells are frequent. */
    private static Bytes part(Random random) {
        byte[] alphabet = {0, 1, 2, (byte) 0xfe, (byte) 0xff};
        byte[] part = new byte[random.nextInt(4)];
        for (int i = 0; i < part.length; i++) {
            part[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return Bytes.wrap(part);
    }

    private record Key(Cell cell, long timestamp) {
        private byte[] bytes() {
            return CellKey.of(cell, timestamp);
        }
    }
}
