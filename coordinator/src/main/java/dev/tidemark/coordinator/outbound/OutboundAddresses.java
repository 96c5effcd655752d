package dev.tidemark.coordinator.outbound;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides whether an address that somebody has configured may be called. Whoever may write a webhook's URL could otherwise have this
 * process ask what only this machine may ask: services on the loopback address, and those from which a cloud's machines fetch their
 * credentials.
 *
 * <p>A name may resolve to something else a moment later. So the caller gets the addresses that were checked, connects to one of them and
 * resolves nothing again, and follows no redirect without asking here first. Thread-safe.
 */
public final class OutboundAddresses {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Never called unless allowed: unspecified, loopback, link-local and multicast addresses, and those of clouds for their machines. */
    private static final List<AddressRange> REFUSED = ranges(
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "100.100.100.200/32",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "fd00:ec2::/32",
            "fd20:ce::/32");

    /** Addresses that stand for one of the older kind, which is at this byte of them. */
    private static final List<Embedding> EMBEDDINGS = List.of(
            new Embedding(AddressRange.parse("64:ff9b::/96"), 12), new Embedding(AddressRange.parse("2002::/16"), 2));

    private final List<AddressRange> allowed;
    private final HostResolver resolver;

    /**
     * Creates the check.
     *
     * @param allowed addresses, or ranges such as {@code 127.0.0.0/8}, that may be called whatever they are
     * @throws IllegalArgumentException when one can't be understood
     */
    public OutboundAddresses(List<String> allowed, HostResolver resolver) {
        this.allowed = allowed.stream().map(AddressRange::parse).toList();
        this.resolver = resolver;
    }

    /**
     * Returns the addresses to one of which a caller of the URL has to connect; at least one. Blocks while a name is resolved.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when it is no URL with http or https and a host, or has a user in it;
     *     {@link ErrorCode#FORBIDDEN} when one of the host's addresses is refused; {@link ErrorCode#NOT_ALLOWED_NOW} when it has none
     */
    public List<InetAddress> check(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme) || url.getHost() == null || url.getRawUserInfo() != null) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "the URL can't be called (expected: http or https, a host, and no user or password)",
                    "Correct the URL.");
        }
        List<InetAddress> addresses;
        try {
            addresses = resolver.resolve(url.getHost());
        } catch (UnknownHostException e) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "host '" + url.getHost() + "' has no address",
                    "Correct the host, or have it known to the name service.",
                    e);
        }
        for (InetAddress address : addresses) {
            if (!mayCall(address)) {
                throw new CoordinatorException(
                        ErrorCode.FORBIDDEN,
                        "host '" + url.getHost() + "' is at " + address.getHostAddress() + ", which is not called",
                        "Allow the address in the configuration if it is meant.");
            }
        }
        return List.copyOf(addresses);
    }

    private boolean mayCall(InetAddress address) {
        if (allowed.stream().anyMatch(range -> range.contains(address))) {
            return true;
        }
        return REFUSED.stream().noneMatch(range -> range.contains(address))
                && EMBEDDINGS.stream()
                        .filter(embedding -> embedding.range.contains(address))
                        .allMatch(embedding -> mayCall(embedding.embedded(address)));
    }

    private static List<AddressRange> ranges(String... texts) {
        return Stream.of(texts).map(AddressRange::parse).toList();
    }

    private record Embedding(AddressRange range, int place) {
        private InetAddress embedded(InetAddress address) {
            byte[] bytes = Arrays.copyOfRange(address.getAddress(), place, place + 4);
            try {
                return Inet4Address.getByAddress(bytes);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four bytes are an address", e);
            }
        }
    }
}
