package dev.tidemark.timestamp.service;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses bodies that no honest request has, by their stated length or as soon as they exceed the limit. */
@PreMatching
final class BodyLimitFilter implements ContainerRequestFilter {
    /** Enough for 20,000 lease tokens. */
    static final int LIMIT_BYTES = 1 << 20;

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getLength() > LIMIT_BYTES) {
            throw RequestRefusedException.bodyTooLarge(LIMIT_BYTES);
        }
        if (request.hasEntity()) {
            request.setEntityStream(new LimitedInputStream(request.getEntityStream()));
        }
    }

    private static final class LimitedInputStream extends FilterInputStream {
        private int count;

        private LimitedInputStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            counted(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            counted(Math.max(read, 0));
            return read;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void counted(int read) {
            count += read;
            if (count > LIMIT_BYTES) {
                throw RequestRefusedException.bodyTooLarge(LIMIT_BYTES);
            }
        }
    }
}
