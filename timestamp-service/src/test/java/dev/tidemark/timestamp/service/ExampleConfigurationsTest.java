package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.tidemark.timestamp.service.store.BoundStoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each kind of store there is an example of a configuration, and the service accepts it. */
class ExampleConfigurationsTest {
    @TempDir
    private Path directory;

    static Stream<String> types() {
        return Arrays.stream(BoundStoreSettings.class
                        .getAnnotation(JsonSubTypes.class)
                        .value())
                .map(JsonSubTypes.Type::name);
    }

    @ParameterizedTest
    @MethodSource("types")
    void example_ofEachStore_isAccepted(String type) throws IOException {
        Path example = examples().resolve("timestamp-service" + (type.equals("file") ? "" : "-" + type) + ".yml");
        String text = Files.readString(example).replaceAll("\\$\\{[A-Z_]+}", "from-the-environment");

        TimestampServiceConfiguration configuration =
                TimestampServer.readConfiguration(Files.writeString(directory.resolve("config.yml"), text));

        TimestampServiceSettings settings = configuration.oracle();
        assertThat(settings.storeType()).isEqualTo(type);
        assertThat(settings.storeDescription()).isNotEmpty().doesNotContain("from-the-environment");
        assertThat(settings.toString()).doesNotContain("from-the-environment");
        assertThat(settings.namespaces()).isNotEmpty();
        assertThat(settings.immutableTimestampAlarm().toMinutes()).isEqualTo(30);
        if (!type.equals("file")) {
            assertThat(settings.leader().addressText()).isEqualTo("http://a.example:8421");
            assertThat(configuration.getHealthFactory()).isPresent();
        }
    }

    private static Path examples() {
        return Stream.of(Path.of("docs/examples"), Path.of("../docs/examples"))
                .filter(Files::isDirectory)
                .toList()
                .get(0);
    }
}
