package dev.tidemark.timestamp.raft;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.util.TimeDuration;

/**
 * Sends commands to whichever server leads the log, one attempt a call: who calls decides whether to send a command again. Thread-safe.
 */
final class ClusterClient implements AutoCloseable {
    private final RaftClient client;

    private ClusterClient(RaftClient client) {
        this.client = client;
    }

    static ClusterClient open(RaftSettings settings, UUID cluster, Duration attempt) {
        return new ClusterClient(raftClient(settings, cluster, attempt));
    }

    /** Opens a client of Ratis that does not try again by itself. */
    static RaftClient raftClient(RaftSettings settings, UUID cluster, Duration attempt) {
        RaftProperties properties = new RaftProperties();
        RaftClientConfigKeys.Rpc.setRequestTimeout(
                properties, TimeDuration.valueOf(attempt.toMillis(), TimeUnit.MILLISECONDS));
        return RaftClient.newBuilder()
                .setRaftGroup(RaftGroup.valueOf(RaftGroupId.valueOf(cluster), settings.peers()))
                .setProperties(properties)
                .setParameters(settings.parameters())
                .setRetryPolicy(RetryPolicies.noRetry())
                .build();
    }

    /**
     * Has a command committed.
     *
     * @return its answer
     * @throws IOException when there is none: it may have been committed, may be later, or never
     */
    byte[] send(byte[] request) throws IOException {
        RaftClientReply reply = reply(request);
        if (!reply.isSuccess()) {
            throw new IOException("no leader has taken it", reply.getException());
        }
        return reply.getMessage().getContent().toByteArray();
    }

    private RaftClientReply reply(byte[] request) throws IOException {
        try {
            return client.io().send(Message.valueOf(ByteString.copyFrom(request)));
        } catch (StatusRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
