package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.node.SnapshotTag;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.time.Duration;

/**
 * Asks the owner of a store, which is another process; the counterpart of {@link SnapshotEndpoint}. Thread-safe.
 *
 * <p>An {@link IOException} means that the owner was not reached or is gone: to ask again makes sense. Every answer, and none in
 * time, is final.
 */
final class OwnerClient {
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int UNAUTHORIZED = 401;

    private final OwnerFile owner;
    private final Patience patience;

    OwnerClient(OwnerFile owner, Patience patience) {
        this.owner = owner;
        this.patience = patience;
    }

    /**
     * How long an owner may take.
     *
     * @param connect for a connection
     * @param description for the description
     * @param snapshot for a snapshot, whose flush waits for the disk
     */
    record Patience(Duration connect, Duration description, Duration snapshot) {
        static final Patience DEFAULT =
                new Patience(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(2));
    }

    /** Says that a process listens that is not the owner which wrote {@code owner.json}. */
    static final class NotTheOwnerException extends IOException {
        private static final long serialVersionUID = 1L;

        private NotTheOwnerException() {
            super("the token in owner.json is not that of the process that listens");
        }
    }

    /**
     * Asks for the description.
     *
     * @throws IOException when nobody, or somebody else, listens, or the connection is lost
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no answer in time; the owner's errors
     */
    StoreDescription describe() throws IOException {
        byte[] answer =
                request("GET", SnapshotEndpoint.DESCRIPTION, patience.description(), ErrorCode.STORE_UNAVAILABLE);
        return EndpointMessages.decodeDescription(answer);
    }

    /**
     * Has a snapshot taken.
     *
     * @throws IOException when nobody, or somebody else, listens, or the connection is lost
     * @throws KeyValueStoreException {@link ErrorCode#SNAPSHOT_FAILED} when there is no answer in time; the owner's errors
     */
    void snapshot(SnapshotTag tag) throws IOException {
        request("POST", SnapshotEndpoint.SNAPSHOTS + tag, patience.snapshot(), ErrorCode.SNAPSHOT_FAILED);
    }

    private byte[] request(String method, String path, Duration readTimeout, ErrorCode failure) throws IOException {
        URL url = new URL("http", InetAddress.getLoopbackAddress().getHostAddress(), owner.port(), path);
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) patience.connect().toMillis());
        connection.setReadTimeout((int) readTimeout.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", SnapshotEndpoint.SCHEME + owner.token());
        connection.setRequestProperty("Connection", "close");
        try {
            int status = connection.getResponseCode();
            if (status == UNAUTHORIZED) {
                throw new NotTheOwnerException();
            }
            if (status == OK || status == NO_CONTENT) {
                return read(connection.getInputStream());
            }
            InputStream body = connection.getErrorStream();
            if (body == null) {
                throw failed(failure, "answered '" + method + " " + path + "' with status " + status, null);
            }
            throw EndpointMessages.decodeError(read(body));
        } catch (SocketTimeoutException e) {
            throw failed(failure, "has not answered '" + method + " " + path + "' in time: " + e.getMessage(), e);
        }
    }

    private KeyValueStoreException failed(ErrorCode code, String what, Exception cause) {
        return new KeyValueStoreException(
                code,
                "the process with id " + owner.pid() + ", which owns the store, " + what,
                "Look whether the process with id " + owner.pid() + " hangs or is stopped, and into its log.",
                cause);
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
