package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Map;

/** A staging area behind an agent, for a coordinator that has the files itself. */
final class RemoteStaging implements StagingArea {
    private final AgentClient client;
    private final String path;
    private final String query;

    private RemoteStaging(AgentClient client, RestoreId restore, long expectedBytes) {
        this.client = client;
        this.path = "/restores/" + restore.id() + "/staging";
        this.query = "?epoch=" + restore.epoch() + "&expectedBytes=" + expectedBytes;
    }

    static RemoteStaging open(AgentClient client, RestoreId restore, long expectedBytes) {
        RemoteStaging staging = new RemoteStaging(client, restore, expectedBytes);
        client.sendVerified(AgentRequest.of("PUT", staging.path + staging.query))
                .requireSuccess();
        return staging;
    }

    @Override
    public Map<String, Long> files() {
        return client.sendVerified(AgentRequest.get(path + query))
                .read(Answers.StagedFiles.class)
                .sizes();
    }

    @Override
    public StagedFile create(String filePath) {
        Answers.UploadId upload = client.sendVerified(
                        AgentRequest.of("POST", path + "/files" + query + "&path=" + AgentRequest.encoded(filePath)))
                .read(Answers.UploadId.class);
        return new Upload("/uploads/" + upload.id());
    }

    @Override
    public void sync() {
        client.sendVerified(AgentRequest.of("POST", path + "/sync" + query)).requireSuccess();
    }

    /** A file, sent in pieces. */
    private final class Upload implements StagedFile {
        private final String uploadPath;
        private final byte[] piece = new byte[AgentProtocol.MAX_PIECE_BYTES];
        private int pieceLength;
        private long sent;
        private boolean isCommitted;
        private boolean isClosed;

        private Upload(String uploadPath) {
            this.uploadPath = uploadPath;
        }

        @Override
        public int write(ByteBuffer source) throws ClosedChannelException {
            if (!isOpen()) {
                throw new ClosedChannelException();
            }
            int count = source.remaining();
            while (source.hasRemaining()) {
                int length = Math.min(source.remaining(), piece.length - pieceLength);
                source.get(piece, pieceLength, length);
                pieceLength += length;
                if (pieceLength == piece.length) {
                    send();
                }
            }
            return count;
        }

        @Override
        public void commit() {
            if (isCommitted) {
                return;
            }
            if (isClosed) {
                throw new IllegalStateException("a file that was closed can't be committed");
            }
            if (pieceLength > 0) {
                send();
            }
            client.sendVerified(AgentRequest.of("POST", uploadPath + "/commit")).requireSuccess();
            isCommitted = true;
            forget();
        }

        @Override
        public boolean isOpen() {
            return !isCommitted && !isClosed;
        }

        @Override
        public void close() {
            if (isOpen()) {
                isClosed = true;
                forget();
            }
        }

        private void send() {
            byte[] content = Arrays.copyOf(piece, pieceLength);
            client.sendVerified(AgentRequest.putBytes(uploadPath + "?offset=" + sent, content))
                    .requireSuccess();
            sent += pieceLength;
            pieceLength = 0;
        }

        /** The agent gives up by itself what nobody tells it to forget. */
        private void forget() {
            try {
                client.sendVerified(AgentRequest.of("DELETE", uploadPath)).requireSuccess();
            } catch (KeyValueStoreException e) {
                isClosed = true;
            }
        }
    }
}
