package dev.tidemark.coordinator.service.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.notification.NotificationTemplate.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotificationTemplateTest {
    private static final String NASTY = "a \"quoted\" \\ line\nand ${hint} and $1 and \u0001";

    @Test
    void render_json_valuesAreEscapedAndNotInterpreted() throws IOException {
        String body = NotificationTemplate.parse("{\"text\": \"*${title}* ${message}\"}", Form.JSON)
                .render(message(NASTY));

        assertThat(new ObjectMapper().readTree(body).get("text").asText()).isEqualTo("** " + NASTY);
    }

    @Test
    void render_text_hasNoControlCharactersOfValues() {
        assertThat(NotificationTemplate.parse("Subject: ${message}\nrest", Form.TEXT)
                        .render(message("one\r\nBcc: two")))
                .isEqualTo("Subject: one Bcc: two\nrest");
    }

    @Test
    void render_secretInAMessage_isTakenOut() {
        String text = NotificationTemplate.parse("${message}", Form.TEXT)
                .render(message("refused: Authorization: Bearer abcdef0123456789 at https://u:p@host/x"));

        assertThat(text).doesNotContain("abcdef0123456789").doesNotContain("u:p@");
    }

    @Test
    void parse_unknownVariable_isRefusedWithTheNearest() {
        assertThatThrownBy(() -> NotificationTemplate.parse("${namspace}", Form.TEXT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("${namspace}")
                .hasMessageContaining("did you mean 'namespace'?");
    }

    @Test
    void parse_variableOutsideOfQuotes_isRefused() {
        assertThatThrownBy(() -> NotificationTemplate.parse("{\"text\": ${message}}", Form.JSON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not JSON")
                .hasMessageContaining("inside of quotes");
    }

    @Test
    void read_fileThatIsNotThere_isRefusedWithItsName(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("t.json");

        assertThatThrownBy(() -> NotificationTemplate.read(file, Form.JSON))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("t.json");
        Files.writeString(file, "{\"e\":\"${event}\"}");
        assertThat(NotificationTemplate.read(file, Form.JSON).render(message("")))
                .isEqualTo("{\"e\":\"order-failed\"}");
    }

    @Test
    void variables_ofThePage_areThoseThatThereAre() throws IOException {
        String page = Files.readString(Path.of("../docs/monitoring.rst"));
        String section = page.substring(page.indexOf("Variables of templates"), page.indexOf("Traces\n------"));

        assertThat(Pattern.compile("(?m)^   \\* - ``([A-Za-z]+)``")
                        .matcher(section)
                        .results()
                        .map(found -> found.group(1)))
                .containsExactlyElementsOf(Notification.VARIABLES);
    }

    private static Notification message(String message) {
        return new Notification(NotificationEvent.ORDER_FAILED, Map.of("message", message));
    }
}
