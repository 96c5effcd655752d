package dev.tidemark.coordinator.service.access.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import io.dropwizard.jackson.Jackson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessConfigurationTest {
    private static final Path PLACE = Path.of("/etc/tidemark/service.yml");
    private static final Path DOCS = Path.of("../docs");

    @Test
    void example_ofThePageOnConfiguration_isRead() throws IOException {
        AccessConfiguration access =
                read(example("configuration.rst", "access:")).access();

        assertThat(access.tokens()).isEmpty();
        assertThat(access.tokenFile()).hasToString("/etc/tidemark/tokens.yml");
        assertThat(access.certificates())
                .containsExactly(
                        new CertificateEntry("CN=nightly,O=Example", "nightly", Role.OPERATOR, List.of("orders")));
        assertThat(access.approval().demanded()).containsExactlyInAnyOrder(SensitiveOperation.values());
        assertThat(access.approval().validFor()).isEqualTo(Duration.ofHours(1));
        assertThat(access.rateLimit().requestsPerSecond()).isEqualTo(50);
        assertThat(access.rateLimit().burst()).isEqualTo(100);
    }

    @Test
    void example_ofThePageOnConfiguration_isReadByDropwizardTheSame() throws IOException {
        String example = example("configuration.rst", "access:");
        ObjectMapper json = Jackson.newObjectMapper();
        ConfigurationReader.teach(json, PLACE.getParent());
        ObjectMapper yaml = json.copyWith(new YAMLFactory());

        assertThat(yaml.readValue(example, Section.class)).isEqualTo(read(example));
    }

    @Test
    void example_ofThePageOnSecurity_isRead() throws IOException {
        String example = example("security.rst", "tokens:");
        TokenEntry entry = new ConfigurationReader()
                .parse(PLACE, example, TokenFile.Content.class)
                .tokens()
                .get(0);

        assertThat(entry.name()).isEqualTo("anna");
        assertThat(entry.role()).isEqualTo(Role.RESTORER);
        assertThat(entry.namespaces()).containsExactly("orders");
        assertThat(entry.expires()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenFiel: x | unknown key 'access.tokenFiel' (did you mean 'tokenFile'?)",
                "tokens: [] | nobody is let in",
                "tokens: [{name: a, role: root, sha256: x}] | role 'root' is not known",
                "tokens: [{name: a, role: admin}] | 'sha256' is missing",
                "tokens: [{role: admin, sha256: x}] | 'name' is missing",
                "tokens: [{name: a, role: admin, sha256: x, expires: soon}] | expected: an instant such as",
                "{tokenFile: x, approval: {operations: [backup]}} | operation 'backup' is not known",
                "{tokenFile: x, approval: {validFor: PT1S}} | 'validFor' is PT1S (expected: PT1M to PT168H)",
                "{tokenFile: x, rateLimit: {burst: 0}} | 'burst' is 0 (expected: 1 to 100000)",
                "certificates: [{subject: x, name: a, role: admin}] | 'subject' is 'x'"
            })
    void section_withAMistake_isRefusedWithItsPlace(String section, String message) {
        String indented = section.lines().map(line -> "  " + line).collect(Collectors.joining("\n"));

        assertThatThrownBy(() -> read("access:\n" + indented))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("service.yml' line ")
                .hasMessageContaining(message);
    }

    private static Section read(String text) {
        return new ConfigurationReader().parse(PLACE, text, Section.class);
    }

    /** Returns the block of a page that begins with this line. */
    private static String example(String page, String firstLine) throws IOException {
        return Files.readString(DOCS.resolve(page))
                .lines()
                .dropWhile(line -> !line.equals("   " + firstLine))
                .takeWhile(line -> line.startsWith("   "))
                .collect(Collectors.joining("\n"));
    }

    private record Section(AccessConfiguration access) {}
}
