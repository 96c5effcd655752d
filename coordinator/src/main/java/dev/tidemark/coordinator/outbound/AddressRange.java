package dev.tidemark.coordinator.outbound;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All addresses that begin with the same bits.
 *
 * @param first the first one
 * @param bits how many bits are the same
 */
record AddressRange(InetAddress first, int bits) {
    private static final Pattern TEXT =
            Pattern.compile("([0-9]+(?:\\.[0-9]+){3}|(?=.*:)[0-9a-fA-F:.]+)(?:/([0-9]{1,3}))?");

    /**
     * Parses {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address.
     *
     * @throws IllegalArgumentException when the text is nothing of that
     */
    static AddressRange parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        try {
            InetAddress first = InetAddress.getByName(matcher.group(1));
            int all = first.getAddress().length * Byte.SIZE;
            int bits = matcher.group(2) == null ? all : Integer.parseInt(matcher.group(2));
            if (bits > all) {
                throw invalid(text);
            }
            return new AddressRange(first, bits);
        } catch (UnknownHostException e) {
            throw invalid(text);
        }
    }

    boolean contains(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        int dropped = own.length * Byte.SIZE - bits;
        return own.length == other.length
                && new BigInteger(1, own).shiftRight(dropped).equals(new BigInteger(1, other).shiftRight(dropped));
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no range of addresses (expected: an address, or one with a length, as 10.0.0.0/8)");
    }
}
