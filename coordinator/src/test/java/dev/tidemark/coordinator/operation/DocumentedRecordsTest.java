package dev.tidemark.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The records in docs/archive-format.rst are read and written as they stand there. */
class DocumentedRecordsTest {
    private static final Path PAGE = Path.of("../docs/archive-format.rst");
    private static final Pattern BLOCK = Pattern.compile("\\.\\. code-block:: json\\n\\n((?: {3}.*\\n)+)");

    @Test
    void examples_readAndWritten_areTheSame() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<String> examples = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .filter(example -> example.contains("\"epoch\""))
                .toList();
        assertThat(examples).hasSize(2);
        LockEntry entry = Documents.decode(bytes(examples.get(0)), LockEntry.class, "example");
        JournalRecord journalRecord = Documents.decode(bytes(examples.get(1)), JournalRecord.class, "example");

        JsonNode entryAgain = mapper.readTree(Documents.encode(entry));
        JsonNode recordAgain = mapper.readTree(Documents.encode(journalRecord));

        assertThat(entryAgain).isEqualTo(mapper.readTree(examples.get(0)));
        assertThat(recordAgain).isEqualTo(mapper.readTree(examples.get(1)));
    }

    @Test
    void kinds_inThePage_areAllThereAre() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(LockEntry.Kind.values()).allSatisfy(kind -> assertThat(page).contains("``" + kind.name() + "``"));
        assertThat(JournalRecord.Kind.values())
                .allSatisfy(kind -> assertThat(page).contains("``" + kind.name() + "``"));
        assertThat(OperationSummary.Outcome.values())
                .allSatisfy(outcome -> assertThat(page).contains("``" + outcome.name() + "``"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
