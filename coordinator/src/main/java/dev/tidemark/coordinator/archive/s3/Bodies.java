package dev.tidemark.coordinator.archive.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import software.amazon.awssdk.core.sync.RequestBody;

/** Bodies of requests. */
final class Bodies {
    private Bodies() {}

    /** Returns a body that reads the memory of the buffer, which must not change before the request has ended. */
    static RequestBody of(ByteBuffer content) {
        ByteBuffer fixed = content.asReadOnlyBuffer();
        return RequestBody.fromContentProvider(
                () -> new BufferStream(fixed.duplicate()), fixed.remaining(), "application/octet-stream");
    }

    private static final class BufferStream extends InputStream {
        private final ByteBuffer left;

        BufferStream(ByteBuffer left) {
            this.left = left;
            left.mark();
        }

        @Override
        public int read() {
            return left.hasRemaining() ? left.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!left.hasRemaining()) {
                return -1;
            }
            int count = Math.min(length, left.remaining());
            left.get(target, offset, count);
            return count;
        }

        @Override
        public int available() {
            return left.remaining();
        }

        @Override
        public boolean markSupported() {
            return true;
        }

        @Override
        public void mark(int limit) {
            left.mark();
        }

        @Override
        public void reset() {
            left.reset();
        }
    }
}
