package dev.tidemark.coordinator.service.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tdm_HIDDENHIDDENHIDDENHIDDENHIDDENHIDDENHIDDENH",
                "Authorization: Bearer HIDDEN.value",
                "authorization=basic HIDDEN==",
                "eyJHIDDENHIDDEN.eyJHIDDEN.HIDDEN",
                "AKIAHIDDENHIDDENHIDD",
                "https://user:HIDDEN@host/path",
                "password=HIDDEN",
                "\"password\": \"HIDDEN and more HIDDEN\"",
                "secretAccessKey: HIDDEN",
                "token = 'HIDDEN'",
                "https://bucket/key?X-Amz-Signature=HIDDEN&X-Amz-Security-Token=HIDDEN",
                "-----BEGIN PRIVATE KEY-----\nHIDDEN\nHIDDEN\n-----END PRIVATE KEY-----",
                "-----BEGIN EC PRIVATE KEY-----\nHIDDEN"
            })
    void of_textWithASecret_doesNotHaveIt(String text) {
        assertThat(Redaction.of("before " + text + " after"))
                .startsWith("before ")
                .contains(Redaction.REMOVED)
                .doesNotContain("HIDDEN");
    }

    @Test
    void of_textWithoutASecret_isTheSame() {
        String text = "namespace 'orders' has no backup 'b-7f3': timestamp 1042 at 2026-03-04T05:06:07Z, "
                + "https://host:8420/path, sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

        assertThat(Redaction.of(text)).isEqualTo(text);
    }
}
