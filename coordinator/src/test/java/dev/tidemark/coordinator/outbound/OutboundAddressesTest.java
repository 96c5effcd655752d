package dev.tidemark.coordinator.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundAddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "169.254.0.1",
                "100.100.100.200",
                "192.0.0.192",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "2002:7f00:1::1"
            })
    void check_addressThatOnlyThisMachineMayAsk_isRefused(String address) {
        assertRefused(addresses(List.of(), address), "http://hook.example/", ErrorCode.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "10.0.0.1",
                "192.168.1.1",
                "2001:db8::1",
                "fd12::1",
                "64:ff9b::c000:201",
                "128.0.0.1"
            })
    void check_anyOtherAddress_isReturnedAsItWasChecked(String address) throws Exception {
        assertThat(addresses(List.of(), address).check(URI.create("https://hook.example/path")))
                .containsExactly(InetAddress.getByName(address));
    }

    @Test
    void check_hostWithOneRefusedAddressAmongOthers_isRefused() {
        assertRefused(addresses(List.of(), "192.0.2.1", "127.0.0.1"), "http://hook.example/", ErrorCode.FORBIDDEN);
    }

    @Test
    void check_always_resolvesOnce() {
        List<String> asked = new ArrayList<>();
        OutboundAddresses rebinding = new OutboundAddresses(List.of(), host -> {
            asked.add(host);
            return List.of(InetAddress.getByName(asked.size() == 1 ? "192.0.2.1" : "127.0.0.1"));
        });

        assertThat(rebinding.check(URI.create("http://hook.example/")))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("192.0.2.1");
        assertThat(asked).containsExactly("hook.example");
    }

    @Test
    void check_literalOfTheUrl_isCheckedToo() {
        OutboundAddresses real = new OutboundAddresses(List.of(), HostResolver.system());

        for (String host : List.of("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0")) {
            assertThatThrownBy(() -> real.check(URI.create("http://" + host + ":8080/")))
                    .as(host)
                    .isInstanceOf(TidemarkException.class);
        }
    }

    @Test
    void check_addressThatIsAllowed_isReturned() throws Exception {
        OutboundAddresses allowing = addresses(List.of("127.0.0.0/8", "::1"), "127.0.0.1", "::1");

        assertThat(allowing.check(URI.create("http://localhost:8080/hook")))
                .containsExactly(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"));
        assertRefused(addresses(List.of("127.0.0.0/8"), "169.254.169.254"), "http://x/", ErrorCode.FORBIDDEN);
        assertRefused(addresses(List.of("127.0.0.1"), "127.0.0.2"), "http://x/", ErrorCode.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://hook.example/",
                "gopher://hook.example/",
                "http:///path",
                "hook.example/path",
                "http://user@hook.example/",
                "http://user:password@hook.example/",
                "http://hook_name/"
            })
    void check_whatIsNoUrlOfHttp_isRefused(String url) {
        assertRefused(addresses(List.of(), "192.0.2.1"), url, ErrorCode.INVALID_INPUT);
    }

    @Test
    void check_hostWithoutAddress_isRefused() {
        OutboundAddresses none = new OutboundAddresses(List.of(), host -> {
            throw new UnknownHostException(host);
        });

        assertRefused(none, "http://hook.example/", ErrorCode.NOT_ALLOWED_NOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "1.2.3.4.5"})
    void create_rangeThatIsNone_isRefused(String range) {
        assertThatThrownBy(() -> addresses(List.of(range), "192.0.2.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + range + "'");
    }

    private static OutboundAddresses addresses(List<String> allowed, String... addresses) {
        return new OutboundAddresses(allowed, host -> {
            List<InetAddress> all = new ArrayList<>();
            for (String address : addresses) {
                all.add(InetAddress.getByName(address));
            }
            return all;
        });
    }

    private static void assertRefused(OutboundAddresses addresses, String url, ErrorCode code) {
        assertThatThrownBy(() -> addresses.check(URI.create(url)))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.hint()).endsWith(".");
                    assertThat(e.getMessage()).doesNotContain("user:password");
                });
    }
}
