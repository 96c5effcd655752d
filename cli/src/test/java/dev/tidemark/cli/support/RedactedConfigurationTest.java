package dev.tidemark.cli.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactedConfigurationTest {
    /** Every place of a configuration where somebody may have put a secret; each secret has S3CR3T in it. */
    private static final String WITH_SECRETS =
            """
            # comment S3CR3T
            archive:
              type: s3
              bucket: backups
              endpoint: https://user:S3CR3T@s3.example.com:9000/path?X-Amz-Signature=S3CR3T
              credentials: {type: key-pair, accessKeyId: {environment: AKID}, secretAccessKey: {value: S3CR3T}}
              customerKey: S3CR3T
              key: {type: passphrase, environment: TIDEMARK_PASSPHRASE}
              proxy: http://proxy:S3CR3T@proxy.example.com:3128
            oracle:
              type: http
              urls: ["http://u:S3CR3T@oracle:8421/base", "http://oracle2:8421"]
              token: {file: /etc/tidemark/token}
            namespaces:
              orders:
                stores:
                  main: {type: cassandra, credentials: {username: S3CR3T-user, password: S3CR3T}}
            access:
              tokenFile: /etc/tidemark/tokens.yml
              tokens:
                - {name: ann, role: admin, sha256: S3CR3T, namespaces: [orders]}
            notifications:
              webhooks:
                chat:
                  url: https://hooks.example.com/services/S3CR3T
                  headers: {Authorization: "Bearer S3CR3T", X-Key: "${HOOK_KEY}", X-Default: "${A:-S3CR3T}"}
              mails:
                ops: {host: mail.example.com, user: tidemark, password: S3CR3T, from: a@example.com, to: [b@example.com]}
            tracing:
              endpoint: http://collector:4318/v1/traces?token=S3CR3T
              headers: {api-key: S3CR3T}
            server:
              applicationConnectors:
                - {type: https, port: 8443, keyStorePath: /etc/k.p12, keyStorePassword: S3CR3T, trustStorePassword: S3CR3T}
            logging:
              appenders:
                - {type: syslog, host: logs, logFormat: "password=S3CR3T"}
                - {type: file, currentLogFilename: /var/log/t.log}
            further: {sha256: S3CR3T}
            """;

    @Test
    void of_secretsOfAllKinds_leavesNoneAndKeepsTheRest() {
        String redacted = RedactedConfiguration.of(WITH_SECRETS);

        assertThat(redacted).doesNotContain("S3CR3T");
        assertThat(redacted)
                .contains(
                        "bucket: \"backups\"",
                        "https://s3.example.com:9000/",
                        "environment: \"TIDEMARK_PASSPHRASE\"",
                        "environment: \"AKID\"",
                        "\"http://oracle2:8421\"",
                        "file: \"/etc/tidemark/token\"",
                        "tokenFile: \"/etc/tidemark/tokens.yml\"",
                        "name: \"ann\"",
                        "role: \"admin\"",
                        "https://hooks.example.com/",
                        "X-Key: \"${HOOK_KEY}\"",
                        "host: \"mail.example.com\"",
                        "user: \"tidemark\"",
                        "keyStorePath: \"/etc/k.p12\"",
                        "port: 8443",
                        "currentLogFilename: \"/var/log/t.log\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: [S3CR3T", "a: 'S3CR3T\nb: {", "\tS3CR3T: x"})
    void of_whatIsNoYaml_leavesEverythingOut(String broken) {
        assertThat(RedactedConfiguration.of(broken)).contains("left out").doesNotContain("S3CR3T");
    }

    @Test
    void of_passphraseGivenInPlace_isLeftOut() {
        assertThat(RedactedConfiguration.of("archive: {key: {type: passphrase, passphrase: correct horse}}"))
                .doesNotContain("horse");
    }
}
