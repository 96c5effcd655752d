package dev.tidemark.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.hook.Hook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HookConfigurationTest {
    @TempDir
    private Path directory;

    @Test
    void read_leftOut_hasTheDefaults() throws IOException {
        HookConfiguration before = read("{when: before-backup, command: [/bin/true]}");
        HookConfiguration after = read("{when: after-restore, url: 'https://example.org/x'}");

        assertThat(before.timeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(before.failure()).isEqualTo(Hook.OnFailure.FAIL);
        assertThat(after.failure()).isEqualTo(Hook.OnFailure.WARN);
        assertThat(after.method()).isEqualTo("POST");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{when: never, command: [x]} | 'when' is 'never' (expected: one of before-backup, after-backup",
                "{when: before-backup} | exactly one of 'command' and 'url'",
                "{when: before-backup, command: [x], url: 'http://a/'} | exactly one of 'command' and 'url'",
                "{when: before-backup, command: []} | 'command' is empty",
                "{when: before-backup, command: [x], method: POST} | belong to a 'url'",
                "{when: before-backup, url: 'http://a/', environment: {A: b}} | belong to a 'command'",
                "{when: before-backup, url: 'file:///etc/passwd'} | begins with http:// or https://",
                "{when: before-backup, url: 'http://u:p@a/'} | has a user in it",
                "{when: before-backup, url: 'http://a/', method: GET} | 'method' is 'GET' (expected: POST or PUT)",
                "{when: before-backup, url: 'http://a/', headers: {authorization: x}} | (expected: 'token'",
                "{when: before-backup, url: 'http://a/', allowAddresses: [here]} | 'here' is no range",
                "{when: after-backup, command: [x], onFailure: fail} | (expected: warn, because",
                "{when: before-backup, command: [x], onFailure: stop} | 'onFailure' is 'stop'",
                "{when: before-backup, command: [x], timeout: PT0S} | 'timeout' is PT0S (expected: PT1S to PT1H)",
                "{when: before-backup, command: [x], shell: true} | unknown key",
            })
    void read_notAcceptable_saysWhatIs(String hook, String message) {
        assertThatThrownBy(() -> read(hook))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "b | a | come after each other",
                "a | a | come after each other",
                "z | '' | after 'z' (expected: one of [a, b])",
            })
    void read_orderOfStoresWithoutABeginning_isRefused(String afterOfA, String afterOfB, String message) {
        String stores = "a: {type: rocksdb, directory: a, after: [" + afterOfA + "]}, "
                + "b: {type: rocksdb, directory: b, after: [" + (afterOfB == null ? "" : afterOfB) + "]}";

        assertThatThrownBy(() -> read(stores, "[]"))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("namespaces.bank");
    }

    private HookConfiguration read(String hook) throws IOException {
        List<HookConfiguration> hooks =
                read("a: {type: rocksdb, directory: a}", "[" + hook + "]").hooks();
        return hooks.get(0);
    }

    private NamespaceConfiguration read(String stores, String hooks) throws IOException {
        Path file = Files.writeString(
                directory.resolve("tidemark.yml"),
                """
                archive: {type: filesystem, directory: archive, key: {type: key-file, file: key}}
                oracle: {type: file, directory: oracle}
                namespaces:
                  bank:
                    stores: {STORES}
                    hooks: HOOKS
                """
                        .replace("STORES", stores)
                        .replace("HOOKS", hooks));
        return new ConfigurationReader().read(file).namespaces().get("bank");
    }
}
