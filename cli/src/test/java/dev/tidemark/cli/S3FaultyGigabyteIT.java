package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.archive.s3.server.Fault;
import dev.tidemark.coordinator.archive.s3.server.FaultProxy;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** E1, E2, E3, E4, E6, E10: 1 GiB to a bucket and back while nearly a third of all requests fail. Run by its name. */
class S3FaultyGigabyteIT {
    private static final int GIBIBYTE_IN_CELLS = 16_384;
    private static final int CELL_BYTES = 65_536;

    @TempDir
    private Path directory;

    @Test
    void backupAndRestore_aThirdOfAllRequestsFail_bringsTheGigabyteBack() throws IOException {
        URI server = S3Server.shared(S3Software.S3PROXY).endpoint();
        try (FaultProxy proxy = FaultProxy.start(server)) {
            Installation bank = S3Site.create(directory, S3Fixture.createBucket(server), proxy.endpoint(), 15);
            bank.write(7, GIBIBYTE_IN_CELLS, CELL_BYTES);
            proxy.atRandom(7, 0.3, Fault.PASSING);

            bank.succeed("archive init");
            JsonNode backup = bank.succeed("backup bank");
            assertThat(backup.get("storedBytes").asLong()).isGreaterThan(1L << 30);
            String at = backup.get("backupTimestamp").asText();
            JsonNode digest = bank.succeed("digest bank --at " + at);
            bank.loseStore();
            CommandRun restored = bank.run("restore bank");

            assertThat(restored.exitCode()).as(restored.err()).isZero();
            assertThat(restored.err()).containsPattern("it was asked again \\d+ times");
            assertThat(bank.succeed("digest bank --at " + at)).isEqualTo(digest);
        }
    }
}
