package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.web.QueryNumbers;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The snapshots on the node, and their files for a coordinator that reads them itself. */
@Path(AgentProtocol.ROOT + "/snapshots")
public final class SnapshotResource {
    private static final int BUFFER_BYTES = 64 << 10;

    private final StoreNode node;

    SnapshotResource(StoreNode node) {
        this.node = node;
    }

    /** Lists the snapshots. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Answers.Names snapshots() {
        return new Answers.Names(node.snapshots().stream().map(SnapshotTag::tag).toList());
    }

    /** Lists a page of a snapshot's files. */
    @GET
    @Path("/{tag}/files")
    @Produces(MediaType.APPLICATION_JSON)
    public Answers.FilePage files(
            @PathParam("tag") String tag,
            @QueryParam("afterPath") @DefaultValue("") String afterPath,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        int maxFiles = Math.min(AgentProtocol.MAX_PAGE, Math.max(1, QueryNumbers.parseInt("limit", limit)));
        List<SnapshotFile> files = new ArrayList<>();
        try (CloseableIterator<SnapshotFile> listing = node.files(RequestBodies.tag(tag), afterPath)) {
            while (files.size() < maxFiles && listing.hasNext()) {
                files.add(listing.next());
            }
            return new Answers.FilePage(files, !listing.hasNext());
        }
    }

    /** Returns a piece of a file: as long as asked for, or shorter when the file ends in it. */
    @GET
    @Path("/{tag}/content")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public byte[] content(
            @PathParam("tag") String tag,
            @QueryParam("path") @DefaultValue("") String path,
            @QueryParam("offset") @DefaultValue("0") String offset,
            @QueryParam("length") @DefaultValue("1048576") String length) {
        long from = Math.max(0, QueryNumbers.parseLong("offset", offset));
        int maxBytes = Math.min(AgentProtocol.MAX_PIECE_BYTES, Math.max(1, QueryNumbers.parseInt("length", length)));
        try (ReadableByteChannel content = node.open(RequestBodies.tag(tag), path)) {
            skip(content, from);
            ByteBuffer piece = ByteBuffer.allocate(maxBytes);
            while (piece.hasRemaining() && content.read(piece) >= 0) {
                // Reads on until the piece is full.
            }
            return Arrays.copyOf(piece.array(), piece.position());
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.SNAPSHOT_FAILED,
                    "file '" + path + "' can't be read from byte " + from + ": " + e.getMessage(),
                    "Look at the node's disk, then take the backup again.",
                    e);
        }
    }

    private static void skip(ReadableByteChannel content, long from) throws IOException {
        if (content instanceof SeekableByteChannel seekable) {
            seekable.position(from);
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long left = from;
        while (left > 0) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), left));
            int count = content.read(buffer);
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }
}
