package dev.tidemark.kvs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {
    @TempDir
    private Path root;

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
                "a\\b",
                "..\\x",
                "C:/x",
                "c:x",
                "C:\\x",
                "a\0b",
                "a\nb",
                "\u007f"
            })
    void parse_hostilePath_isRefused(String path) {
        assertThatThrownBy(() -> RelativePath.parse(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is refused (expected: ");
    }

    @Test
    void parse_tooLong_isRefused() {
        assertThatThrownBy(() -> RelativePath.parse("a".repeat(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RelativePath.parse("ab/".repeat(2000) + "c"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "000012.sst", "MANIFEST-000005", "a/b/c", "..a", "a..", "...", " a "})
    void resolve_plainPath_isBelowTheRoot(String path) {
        assertThat(RelativePath.parse(path).resolve(root)).startsWithRaw(root).isNotEqualTo(root);
    }

    @Test
    void resolve_symbolicLinkOnTheWay_isRefused() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), root.getParent());

        assertThatThrownBy(() -> RelativePath.parse("link/a").resolve(root))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> RelativePath.parse("link").resolve(root)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void resolve_fileOnTheWay_isRefused() throws IOException {
        Files.createFile(root.resolve("file"));

        assertThatThrownBy(() -> RelativePath.parse("file/a").resolve(root))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("directories on the way");
    }
}
