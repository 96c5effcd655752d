package dev.tidemark.coordinator.archive.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "ns/orders/packs/0f/0f", "A.b_c=d-e", "...", "a/..b", "x/tmp"})
    void constructor_goodKey_isAccepted(String text) {
        assertThat(new ObjectKey(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a b", "a\\b", "a\0", "ä", "a:b", "tmp",
                "tmp/a"
            })
    void constructor_badKey_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ObjectKey(text));
        assertThat(ObjectKey.isValid(text)).isFalse();
    }

    @Test
    void constructor_longSegment_isRefused() {
        assertThat(ObjectKey.isValid("a/" + "b".repeat(200))).isTrue();
        assertThat(ObjectKey.isValid("a/" + "b".repeat(201))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "Orders-2", "a/b", "..", ".", ".hidden", "a b", "ä€", "a=b", "=41", "tmp", "%"})
    void escape_anyName_isASegmentAndComesBack(String name) {
        String segment = ObjectKey.escape(name);

        assertThat(ObjectKey.isValid("ns/" + segment)).isTrue();
        assertThat(segment).doesNotContain("/");
        assertThat(ObjectKey.unescape(segment)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"=41", "=zz", "=", "a=4", "=c3", "=FF", ".a"})
    void unescape_notCanonical_isRefused(String segment) {
        assertThat(ObjectKey.isEscaped(segment)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectKey.unescape(segment));
    }
}
