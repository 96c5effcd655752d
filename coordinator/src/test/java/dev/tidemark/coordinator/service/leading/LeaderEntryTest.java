package dev.tidemark.coordinator.service.leading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.service.leading.LeaderEntry.Codec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LeaderEntryTest {
    private static final Path PAGE = Path.of("../docs/archive-format.rst");
    private static final Pattern BLOCK = Pattern.compile("\\.\\. code-block:: json\\n\\n((?: {3}.*\\n)+)");

    private final Codec codec = new Codec();

    @Test
    void documentedEntry_readAndWritten_isTheSame() throws IOException {
        String example = example();

        LeaderEntry entry = codec.decode(example.getBytes(StandardCharsets.UTF_8), "x");

        assertThat(entry.kind()).isEqualTo(LeaderEntry.Kind.LEADS);
        assertThat(new ObjectMapper().readTree(codec.encode(entry))).isEqualTo(new ObjectMapper().readTree(example));
    }

    @Test
    void entry_ofAnotherVersionOrWithoutSense_isRefusedByName() throws IOException {
        for (String wrong : new String[] {"\"formatVersion\": 2", "\"formatVersion\": 1, \"more\": 1"}) {
            byte[] content = example().replace("\"formatVersion\": 1", wrong).getBytes(StandardCharsets.UTF_8);

            assertThatThrownBy(() -> codec.decode(content, "service/a/leader/1"))
                    .hasMessageContaining("service/a/leader/1");
        }
    }

    private static String example() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(text -> text.contains("\"LEADS\""))
                .findFirst()
                .orElseThrow();
    }
}
