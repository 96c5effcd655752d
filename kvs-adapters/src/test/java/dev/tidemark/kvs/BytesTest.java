package dev.tidemark.kvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
    @Test
    void compareTo_anyTwo_ordersAsUnsignedBytesAndPrefixesFirst() {
        List<Bytes> ordered = List.of("", "00", "0000", "00ff", "01", "7f", "80", "ff", "ff00", "ffff").stream()
                .map(Bytes::ofHex)
                .toList();

        for (int i = 0; i < ordered.size(); i++) {
            for (int j = 0; j < ordered.size(); j++) {
                assertThat(Integer.signum(ordered.get(i).compareTo(ordered.get(j))))
                        .isEqualTo(Integer.compare(i, j));
                assertThat(ordered.get(i).equals(ordered.get(j))).isEqualTo(i == j);
            }
        }
    }

    @Test
    void of_arrayChangedLater_keepsItsBytes() {
        byte[] content = {1, 2};
        Bytes bytes = Bytes.of(content);

        content[0] = 9;
        bytes.toArray()[1] = 9;

        assertThat(bytes).isEqualTo(Bytes.ofHex("0102")).hasSameHashCodeAs(Bytes.ofHex("0102"));
        assertThatThrownBy(() -> bytes.toBuffer().put((byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void of_nothing_isTheEmptySequence() {
        assertThat(Bytes.of(new byte[0])).isSameAs(Bytes.EMPTY);
        assertThat(Bytes.wrap(new byte[0])).isSameAs(Bytes.EMPTY);
        assertThat(Bytes.utf8("")).isSameAs(Bytes.EMPTY);
        assertThat(Bytes.EMPTY.isEmpty()).isTrue();
        assertThat(Bytes.EMPTY.length()).isZero();
        assertThat(Bytes.ofHex("00").isEmpty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0000000000000000",
        "1,0000000000000001",
        "-1,ffffffffffffffff",
        "9223372036854775807,7fffffffffffffff"
    })
    void ofLong_anyNumber_isBigEndianAndRoundTrips(long number, String hex) {
        assertThat(Bytes.ofLong(number).toHex()).isEqualTo(hex);
        assertThat(Bytes.ofHex(hex).toLong()).isEqualTo(number);
    }

    @Test
    void toLong_otherLength_isRefused() {
        assertThatThrownBy(() -> Bytes.ofHex("00").toLong())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("length: 1 (expected: 8)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0g", "0x00", " 00"})
    void ofHex_malformed_isRefused(String hex) {
        assertThatThrownBy(() -> Bytes.ofHex(hex)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void text_anyForm_roundTrips() {
        Bytes bytes = Bytes.utf8("größe €");

        assertThat(bytes.toUtf8()).isEqualTo("größe €");
        assertThat(Bytes.ofHex(bytes.toHex().toUpperCase(Locale.ROOT))).isEqualTo(bytes);
        assertThat(Bytes.ofHex("00Ff")).hasToString("0x00ff");
        assertThat(Bytes.ofHex("80").at(0)).isEqualTo((byte) -128);
        assertThat(Bytes.ofHex("ff").toUtf8()).isEqualTo("\ufffd");
    }

    @Test
    void concat_andStartsWith_agree() {
        Bytes prefix = Bytes.ofHex("00ff");
        Bytes joined = prefix.concat(Bytes.ofHex("01"));

        assertThat(joined).isEqualTo(Bytes.ofHex("00ff01"));
        assertThat(joined.startsWith(prefix)).isTrue();
        assertThat(joined.startsWith(Bytes.EMPTY)).isTrue();
        assertThat(joined.startsWith(joined)).isTrue();
        assertThat(prefix.startsWith(joined)).isFalse();
        assertThat(joined.startsWith(Bytes.ofHex("00fe"))).isFalse();
        assertThat(prefix.concat(Bytes.EMPTY)).isEqualTo(prefix);
    }
}
