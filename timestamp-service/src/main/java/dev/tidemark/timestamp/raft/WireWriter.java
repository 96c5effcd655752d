package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes the parts of commands, answers and snapshots; docs/timestamp-files.rst specifies them. */
final class WireWriter {
    private final OutputStream target;
    private final DataOutputStream out;

    WireWriter(OutputStream target) {
        this.target = target;
        this.out = new DataOutputStream(target);
    }

    static WireWriter inMemory() {
        return new WireWriter(new ByteArrayOutputStream());
    }

    /** Returns what was written in memory. */
    byte[] toBytes() {
        return ((ByteArrayOutputStream) target).toByteArray();
    }

    WireWriter int8(int value) {
        return put(() -> out.writeByte(value));
    }

    WireWriter int32(int value) {
        return put(() -> out.writeInt(value));
    }

    WireWriter int64(long value) {
        return put(() -> out.writeLong(value));
    }

    /** Writes bytes after their number. */
    WireWriter block(byte[] bytes) {
        return put(() -> {
            out.writeInt(bytes.length);
            out.write(bytes);
        });
    }

    /** Writes a text of up to 65,535 bytes. */
    WireWriter text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("text: " + bytes.length + " bytes (expected: at most 65535)");
        }
        return put(() -> {
            out.writeShort(bytes.length);
            out.write(bytes);
        });
    }

    WireWriter state(BoundState state) {
        return int64(state.epoch()).int64(state.bound()).text(state.fenceId());
    }

    WireWriter leader(Optional<LeaderRecord> leader) {
        if (leader.isEmpty()) {
            return int8(0);
        }
        LeaderRecord record = leader.get();
        return int8(1).int64(record.epoch())
                .int64(record.renewal())
                .text(record.holder())
                .text(record.address())
                .int64(record.lease().toMillis())
                .int8(record.isReleased() ? 1 : 0);
    }

    WireWriter point(IssuedPoint point) {
        return int64(point.instant().getEpochSecond())
                .int32(point.instant().getNano())
                .int64(point.timestamp());
    }

    private WireWriter put(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }
}
