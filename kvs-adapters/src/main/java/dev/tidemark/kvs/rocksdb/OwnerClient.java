package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.node.SnapshotTag;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URL;
import java.time.Duration;

/** Asks the owner of a store, which is another process; the counterpart of {@link SnapshotEndpoint}. Thread-safe. */
final class OwnerClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** Upper limit for a snapshot, whose flush waits for the disk. */
    private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);

    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int UNAUTHORIZED = 401;

    private final OwnerFile owner;

    OwnerClient(OwnerFile owner) {
        this.owner = owner;
    }

    /**
     * Asks for the description.
     *
     * @throws IOException when nobody, or somebody else, listens
     */
    StoreDescription describe() throws IOException {
        return EndpointMessages.decodeDescription(request("GET", SnapshotEndpoint.DESCRIPTION));
    }

    /**
     * Has a snapshot taken.
     *
     * @throws IOException when nobody, or somebody else, listens
     */
    void snapshot(SnapshotTag tag) throws IOException {
        request("POST", SnapshotEndpoint.SNAPSHOTS + tag);
    }

    private byte[] request(String method, String path) throws IOException {
        URL url = new URL("http", InetAddress.getLoopbackAddress().getHostAddress(), owner.port(), path);
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", SnapshotEndpoint.SCHEME + owner.token());
        connection.setRequestProperty("Connection", "close");
        int status = connection.getResponseCode();
        if (status == UNAUTHORIZED) {
            throw new IOException("the token in owner.json is not that of the process that listens");
        }
        if (status == OK || status == NO_CONTENT) {
            return read(connection.getInputStream());
        }
        InputStream body = connection.getErrorStream();
        if (body == null) {
            throw new IOException("the owner of the store answered with status " + status);
        }
        throw EndpointMessages.decodeError(read(body));
    }

    private static byte[] read(InputStream body) throws IOException {
        try (body) {
            byte[] content = body.readNBytes(MAX_ANSWER_BYTES);
            if (content.length == MAX_ANSWER_BYTES) {
                throw new IOException("the answer is longer than " + MAX_ANSWER_BYTES + " bytes");
            }
            return content;
        }
    }
}
