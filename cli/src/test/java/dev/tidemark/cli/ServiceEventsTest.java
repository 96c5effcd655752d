package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServiceEventsTest {
    @TempDir
    private Path directory;

    /** A browser accepts compressed answers: what is compressed waits until there is enough of it. */
    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip, deflate"})
    void events_ofAnOrderThatRuns_comeWhileItRuns(String encodings) throws Exception {
        CommandRun.configure(directory);
        Installation bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        CopyGate gate = new CopyGate();
        try (ServiceSite service = new ServiceSite(bank, gate)) {
            String location = service.send("POST", "/api/v1/namespaces/bank/orders/backup", "")
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            HttpRequest request = HttpRequest.newBuilder(
                            service.uri(URI.create(location).getPath() + "/events"))
                    .header("Authorization", "Bearer " + service.token())
                    .header("Accept-Encoding", encodings)
                    .build();

            HttpResponse<InputStream> events = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());

            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
                assertThat(read(lines, "\"node\":\"main/"))
                        .contains("\"state\":\"RUNNING\"", "\"currentStep\":\"copy\"");
                gate.open();
                assertThat(read(lines, "\"state\":\"SUCCEEDED\""))
                        .as("no later step is about nodes")
                        .contains("\"nodes\":[]");
            }
        }
    }

    private static String read(BufferedReader lines, String text) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.contains(text)) {
            line = lines.readLine();
        }
        return line;
    }
}
