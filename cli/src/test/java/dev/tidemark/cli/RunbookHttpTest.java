package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.config.Decoration;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RunbookHttpTest {
    private static final String BACKUPS = "/api/v1/namespaces/bank/backups/";

    @TempDir
    private Path directory;

    @Test
    void runbook_overHttp_isThatOfTheBackup() {
        CommandRun.configure(directory);
        Installation bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        bank.succeed("backup bank");
        String script = CommandRun.in(directory, "runbook", "bank", "latest", "--script")
                .out();
        try (ServiceSite service = new ServiceSite(bank, Decoration.NONE)) {
            HttpResponse<String> page = service.send("GET", BACKUPS + "latest/runbook", "");

            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
            assertThat(page.body())
                    .startsWith("Restore backup " + bank.backups().get(0));
            assertThat(service.send("GET", BACKUPS + "latest/runbook?part=script", "")
                            .body())
                    .isEqualTo(script);
            assertThat(service.send("GET", BACKUPS + "latest/runbook?part=all", "")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(service.send("GET", BACKUPS + "nothing/runbook", "").statusCode())
                    .isEqualTo(404);
        }
    }
}
