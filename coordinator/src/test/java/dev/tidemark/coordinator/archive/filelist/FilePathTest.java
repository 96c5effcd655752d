package dev.tidemark.coordinator.archive.filelist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathTest {
    @ParameterizedTest
    @ValueSource(strings = {"CURRENT", "000012.sst", "data/orders-1f/nb-1-big-Data.db", "...", "a b", "\u00e4"})
    void check_goodPath_isReturned(String path) {
        assertThat(FilePath.check(path)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "..",
                "../x",
                "a/../b",
                "a/..",
                ".",
                "./a",
                "a/./b",
                "a//b",
                "a/",
                "\\\\host\\share",
                "a\\b",
                "C:/x",
                "c:x",
                "a\0b",
                "a\nb",
                "a\u007fb",
                "a\u0085b",
                "a\u0308",
                "\ud800",
                "a/\udc00b"
            })
    void check_hostilePath_isRefused(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FilePath.check(path))
                .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
    }

    @Test
    void check_longPath_isRefused() {
        assertThat(FilePath.check("a/".repeat(2047) + "b")).hasSize(4095);
        assertThatIllegalArgumentException().isThrownBy(() -> FilePath.check("a/".repeat(2048) + "b"));
        assertThatIllegalArgumentException().isThrownBy(() -> FilePath.check("a".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> FilePath.check("\u20ac".repeat(86)));
    }
}
