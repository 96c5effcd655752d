package dev.tidemark.coordinator.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import dev.tidemark.kvs.ErrorCode;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** The contract on S3Proxy, and what it checks that not every server does. */
class S3ObjectStoreIT extends S3ObjectStoreContract {
    @Override
    protected URI endpoint() {
        return S3Server.shared(S3Software.S3PROXY).endpoint();
    }

    /** E8: credentials that are not those of the bucket's owner. */
    @Test
    void anything_wrongSecret_isDeniedAndSaysWhatToDo() {
        S3Credentials wrong = new S3Credentials.KeyPair(S3Server.ACCESS_KEY, "another-secret", "");
        try (S3ObjectStore stranger =
                S3Fixture.open(S3Fixture.connection(endpoint(), wrong), bucket(), S3Fixture.PLAIN)) {
            assertThatThrownBy(() -> stranger.create(key("a"), bytes("x")))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_ACCESS_DENIED);
                        assertThat(e).hasMessageContaining("SignatureDoesNotMatch");
                        assertThat(e.hint()).contains("secret key");
                        assertThat(e.getMessage()).doesNotContain("another-secret");
                    });
            assertCode(ErrorCode.ARCHIVE_ACCESS_DENIED, () -> stranger.head(key("a")));
            assertCode(ErrorCode.ARCHIVE_ACCESS_DENIED, () -> stranger.list("", "", 1));
        }
    }
}
