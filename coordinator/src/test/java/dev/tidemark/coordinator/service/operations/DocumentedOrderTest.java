package dev.tidemark.coordinator.service.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The order in docs/archive-format.rst is read and written as it stands there. */
class DocumentedOrderTest {
    private static final Path PAGE = Path.of("../docs/archive-format.rst");
    private static final Pattern BLOCK = Pattern.compile("\\.\\. code-block:: json\\n\\n((?: {3}.*\\n)+)");
    private static final String ID = "202611-00112233445566778899aabbccddeeff";

    @Test
    void example_readAndWritten_isTheSame() throws IOException {
        String example = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(text -> text.contains("\"acceptedAt\""))
                .findFirst()
                .orElseThrow();
        NamespaceArchive archive = SampleArchive.create(new InMemoryObjectStore(), "orders");
        archive.documents()
                .create(
                        archive.key("orders/202611/00112233445566778899aabbccddeeff.accepted"),
                        example.getBytes(StandardCharsets.UTF_8));

        AcceptedOrder order = new OrderBook(archive).find(ID).orElseThrow();

        assertThat(order.order()).isInstanceOf(OperationOrder.Backup.class);
        assertThat(OrderBook.toTree(order)).isEqualTo(new ObjectMapper().readTree(example));
    }
}
