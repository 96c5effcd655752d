package dev.tidemark.coordinator.service.access.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.FakeTime;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
    private static final Random RANDOM = new Random(11);
    private static final NewToken ANNA = token("anna", Role.ADMIN);
    private static final NewToken BERT = token("bert", Role.VIEWER);

    @TempDir
    private Path directory;

    private final FakeTime time = new FakeTime();

    @Test
    void create_always_isFoundByItsPrefixAndHas32Bytes() {
        assertThat(ANNA.token()).matches("tdm_[A-Za-z0-9_-]{43}").isNotEqualTo(BERT.token());
        assertThat(ANNA.entry().sha256()).matches("[0-9a-f]{64}");
        assertThat(ANNA.toString()).doesNotContain(ANNA.token());
    }

    @Test
    void authenticate_knownToken_isItsCaller() {
        Tokens tokens = tokens(
                ANNA.entry(), new TokenEntry("bert", Role.VIEWER, BERT.entry().sha256(), List.of("orders"), null));

        assertThat(tokens.authenticate("Bearer " + ANNA.token()).isLimited()).isFalse();
        Caller bert = tokens.authenticate("bearer " + BERT.token());
        assertThat(bert.name()).isEqualTo("bert");
        assertThat(bert.role()).isEqualTo(Role.VIEWER);
        assertThat(bert.namespaces()).containsExactly("orders");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer x",
                "Basic dXNlcjpwYXNzd29yZA==",
                "Bearer tdm_",
                "Bearer tdm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void authenticate_anythingElse_isRefused(String header) {
        assertUnauthorized(tokens(ANNA.entry()), header);
    }

    @Test
    void authenticate_almostTheToken_isRefused() {
        Tokens tokens = tokens(ANNA.entry());

        assertUnauthorized(tokens, null);
        assertUnauthorized(tokens, ANNA.token());
        assertUnauthorized(tokens, "Bearer " + ANNA.token() + "A");
        assertUnauthorized(tokens, "Bearer " + ANNA.token().substring(0, 46));
        assertUnauthorized(tokens, "Bearer " + ANNA.entry().sha256());
    }

    @Test
    void authenticate_hashThatIsSentAsAToken_isRefused() {
        String hash = ANNA.entry().sha256();
        Tokens tokens = tokens(new TokenEntry("x", Role.ADMIN, TokenForm.hexHash(hash), null, null));

        assertUnauthorized(tokens, "Bearer " + hash);
    }

    @Test
    void authenticate_tokenThatExpires_isRefusedFromThatInstantOn() {
        Instant expires = FakeTime.START.plusSeconds(60);
        Tokens tokens = tokens(new TokenEntry("anna", Role.ADMIN, ANNA.entry().sha256(), null, expires));

        time.advance(Duration.ofMillis(59_999));
        assertThat(tokens.authenticate("Bearer " + ANNA.token()).name()).isEqualTo("anna");
        time.advance(Duration.ofMillis(1));
        assertThatThrownBy(() -> tokens.authenticate("Bearer " + ANNA.token()))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("expired at 2026-03-04T05:07:07Z");
    }

    @Test
    void open_tokenThatIsThereTwice_isRefused() {
        assertInvalid(
                () -> tokens(
                        ANNA.entry(),
                        new TokenEntry("x", Role.VIEWER, ANNA.entry().sha256(), null, null)),
                "twice");
    }

    @Test
    void file_thatChanges_isReadAgainAfterTwoSecondsAndNotBefore() throws IOException {
        Path file = write(ANNA.entry());
        Tokens tokens = withFile(file);
        assertThat(tokens.authenticate("Bearer " + ANNA.token()).name()).isEqualTo("anna");

        write(BERT.entry());

        time.advance(Duration.ofMillis(1_999));
        assertThat(tokens.authenticate("Bearer " + ANNA.token()).name()).isEqualTo("anna");
        time.advance(Duration.ofMillis(1));
        assertUnauthorized(tokens, "Bearer " + ANNA.token());
        assertThat(tokens.authenticate("Bearer " + BERT.token()).name()).isEqualTo("bert");
        assertThat(tokens.problem()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tokens",
                "tokens: [",
                "tokenz: []",
                "{}",
                "tokens:\n- {name: anna}",
                "tokens:\n- {name: anna, role: root, sha256: x}",
                "tokens:\n- {name: anna, role: admin, sha256: tdm_abc}",
                "tokens: []\ntokens: []"
            })
    void file_thatIsBroken_keepsTheEarlierTokensAndTurnsTheCheckRed(String content) throws IOException {
        Path file = write(ANNA.entry());
        Tokens tokens = withFile(file);
        TokenHealthCheck health = new TokenHealthCheck(tokens);
        assertThat(health.check().isHealthy()).isTrue();

        Files.writeString(file, content);
        time.advance(TokenFile.CHECK_INTERVAL);

        assertThat(tokens.authenticate("Bearer " + ANNA.token()).name()).isEqualTo("anna");
        assertThat(health.check().isHealthy()).isFalse();
        assertThat(health.check().getMessage()).contains("tokens.yml", "HINT").doesNotContain("tdm_abc");
        write(BERT.entry());
        time.advance(TokenFile.CHECK_INTERVAL);
        assertThat(health.check().isHealthy()).isTrue();
        assertUnauthorized(tokens, "Bearer " + ANNA.token());
    }

    @Test
    void file_thatIsBrokenAndPutBack_isHealthyAgain() throws IOException {
        Path file = write(ANNA.entry());
        Tokens tokens = withFile(file);
        Files.delete(file);
        time.advance(TokenFile.CHECK_INTERVAL);
        assertThat(tokens.problem()).contains("does not exist");

        write(ANNA.entry());
        time.advance(TokenFile.CHECK_INTERVAL);

        assertThat(tokens.problem()).isEmpty();
    }

    @Test
    void file_thatOthersCanRead_isRefusedAtTheStartAndRedLater() throws IOException {
        Path file = write(ANNA.entry());
        Tokens tokens = withFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        time.advance(TokenFile.CHECK_INTERVAL);

        assertThat(tokens.problem()).contains("every user of this machine").contains("chmod 600");
        assertInvalid(() -> withFile(file), "every user of this machine");
    }

    @Test
    void file_withATokenOfTheConfiguration_isRefused() throws IOException {
        Path file = write(ANNA.entry());

        assertInvalid(() -> Tokens.open(List.of(ANNA.entry()), file, time, time), "twice");
    }

    @Test
    void file_thatIsNotThere_isRefusedAtTheStart() {
        assertInvalid(() -> withFile(directory.resolve("none")), "does not exist");
    }

    @Test
    void entry_withTheTokenInsteadOfItsHash_isRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> new TokenEntry("anna", Role.ADMIN, ANNA.token(), null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 hex digits")
                .hasMessageNotContaining(ANNA.token());
    }

    @Test
    void entry_withAnEmptyListOfNamespaces_isRefused() {
        assertThatThrownBy(() -> new TokenEntry("anna", Role.ADMIN, ANNA.entry().sha256(), List.of(), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespaces");
    }

    @Test
    void configuration_thatLetsNobodyIn_isRefused() {
        assertThatThrownBy(() -> new AccessConfiguration(null, null, null, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody is let in");
    }

    @Test
    void role_includes_itselfAndThoseBefore() {
        for (Role role : Role.values()) {
            for (Role other : Role.values()) {
                assertThat(role.includes(other)).isEqualTo(role.ordinal() >= other.ordinal());
            }
            assertThat(Role.parse(role.word())).isEqualTo(role);
        }
        assertThat(Role.values()).containsExactly(Role.VIEWER, Role.OPERATOR, Role.RESTORER, Role.ADMIN);
    }

    private static NewToken token(String name, Role role) {
        return NewToken.create(name, role, null, null, RANDOM);
    }

    private Tokens tokens(TokenEntry... entries) {
        return Tokens.open(List.of(entries), null, time, time);
    }

    private Tokens withFile(Path file) {
        return Tokens.open(List.of(), file, time, time);
    }

    private Path write(TokenEntry entry) throws IOException {
        Path file = directory.resolve("tokens.yml");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return Files.writeString(
                file,
                "tokens:\n- name: " + entry.name() + "\n  role: " + entry.role().word() + "\n  sha256: "
                        + entry.sha256() + "\n  expires: 2030-01-01T00:00:00Z\n  namespaces: [orders]\n");
    }

    private static void assertUnauthorized(Tokens tokens, String header) {
        assertThatThrownBy(() -> tokens.authenticate(header)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
            assertThat(e.headers()).containsKey("WWW-Authenticate");
            assertThat(e.getMessage() + e.hint()).doesNotContain("tdm_");
        });
    }

    private static void assertInvalid(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((TidemarkException) e).code())
                .isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    }
}
