package dev.tidemark.timestamp.raft;

import java.util.regex.Pattern;

/**
 * A server of the cluster.
 *
 * @param id 1..50 characters of {@code A-Z a-z 0-9 _ -}; never used for another server
 * @param address host and port where the other servers reach it, such as {@code a.example:8423}
 */
public record RaftServerAddress(String id, String address) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,50}");
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}]):([0-9]{1,5})");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is missing or malformed
     */
    public RaftServerAddress {
        if (id == null || !ID.matcher(id).matches()) {
            throw new IllegalArgumentException("id: '" + id + "' (expected: 1..50 of A-Z a-z 0-9 _ -)");
        }
        if (address == null || !ADDRESS.matcher(address).matches() || portOf(address) < 1 || portOf(address) > 65_535) {
            throw new IllegalArgumentException(
                    "address: '" + address + "' (expected: host and port such as a.example:8423)");
        }
    }

    String host() {
        return address.substring(0, address.lastIndexOf(':'));
    }

    int port() {
        return portOf(address);
    }

    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
