package dev.tidemark.cli.bench;

import com.github.luben.zstd.Zstd;
import dev.tidemark.coordinator.operation.ParallelWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What any program would have to do at least that stores the same files hashed, compressed and encrypted, or reads them back:
 * for each chunk SHA-256, zstd level 3 and AES-256-GCM in frames of 64 KiB, with buffers that are used again, no format and no
 * write. Chunks have the archive's length and as many threads work as in the engine. Reads are included; they come from the
 * system's cache. What does not get smaller by a twentieth is not compressed, as in the engine.
 */
final class BareLoop {
    private static final int LEVEL = 3;
    private static final int FRAME_BYTES = 64 << 10;
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int HEADER_BYTES = 2 * Integer.BYTES + Long.BYTES;
    private static final int SAMPLE_BYTES = 16 << 10;
    private static final int RUN_CHUNKS = 8;
    private static final SecretKeySpec KEY = new SecretKeySpec(new byte[32], "AES");

    private final ParallelWork work;
    private final int chunkSize;
    private final AtomicLong nonces = new AtomicLong();

    BareLoop(ParallelWork work, int chunkSize) {
        this.work = work;
        this.chunkSize = chunkSize;
    }

    /** Hashes, compresses and encrypts the files, and forgets the result. */
    void encrypt(List<Path> files) {
        work.run(runs(pieces(files)), run -> run(run, Worker::seal));
    }

    /** Does the same, and keeps the result in one file. */
    List<Piece> seal(List<Path> files, Path target) {
        List<Piece> sealed = new ArrayList<>();
        try (FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            work.run(
                    runs(pieces(files)),
                    run -> run(run, (worker, piece, channel) -> {
                        ByteBuffer content = worker.seal(piece, channel);
                        synchronized (sealed) {
                            sealed.add(new Piece(target, out.position(), content.remaining()));
                            writeFully(out, content);
                        }
                    }));
            out.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sealed;
    }

    /** Decrypts, decompresses and hashes what {@link #seal} has kept. */
    void decrypt(List<Piece> sealed) {
        work.run(runs(sealed), run -> run(run, Worker::open));
    }

    private List<Piece> pieces(List<Path> files) {
        List<Piece> pieces = new ArrayList<>();
        for (Path file : files) {
            try {
                long size = Files.size(file);
                for (long offset = 0; offset < size; offset += chunkSize) {
                    pieces.add(new Piece(file, offset, (int) Math.min(chunkSize, size - offset)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return pieces;
    }

    private static List<List<Piece>> runs(List<Piece> pieces) {
        return IntStream.range(0, (pieces.size() + RUN_CHUNKS - 1) / RUN_CHUNKS)
                .mapToObj(i -> pieces.subList(i * RUN_CHUNKS, Math.min(pieces.size(), (i + 1) * RUN_CHUNKS)))
                .toList();
    }

    private void run(List<Piece> run, PieceAction action) {
        try {
            Worker worker = new Worker();
            for (Piece piece : run) {
                try (FileChannel channel = FileChannel.open(piece.file, StandardOpenOption.READ)) {
                    action.apply(worker, piece, channel);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256 and AES-GCM", e);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }

    /** A chunk of a file. */
    record Piece(Path file, long offset, int length) {}

    @FunctionalInterface
    private interface PieceAction {
        void apply(Worker worker, Piece piece, FileChannel channel) throws IOException, GeneralSecurityException;
    }

    /** The buffers of one thread for a run of chunks. */
    private final class Worker {
        private final MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        private final Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        private final byte[] raw = new byte[chunkSize];
        private final byte[] packed = new byte[(int) Zstd.compressBound(chunkSize)];
        private final byte[] sealed =
                new byte[HEADER_BYTES + packed.length + (packed.length / FRAME_BYTES + 1) * TAG_BYTES];

        private Worker() throws GeneralSecurityException {}

        private ByteBuffer seal(Piece piece, FileChannel channel) throws IOException, GeneralSecurityException {
            read(channel, piece, raw);
            hash(piece.length);
            int sample = Math.min(piece.length, SAMPLE_BYTES);
            boolean isPacked =
                    Zstd.compressByteArray(packed, 0, packed.length, raw, 0, sample, 1) < sample - sample / 20;
            int length = isPacked
                    ? (int) Zstd.compressByteArray(packed, 0, packed.length, raw, 0, piece.length, LEVEL)
                    : piece.length;
            long nonce = nonces.getAndAdd(chunkSize);
            ByteBuffer target =
                    ByteBuffer.wrap(sealed).putInt(piece.length).putInt(length).putLong(nonce);
            for (int offset = 0; offset < length; offset += FRAME_BYTES) {
                start(Cipher.ENCRYPT_MODE, nonce + offset / FRAME_BYTES);
                int frame = Math.min(FRAME_BYTES, length - offset);
                cipher.doFinal(ByteBuffer.wrap(isPacked ? packed : raw, offset, frame), target);
            }
            return target.flip();
        }

        private void open(Piece piece, FileChannel channel) throws IOException, GeneralSecurityException {
            read(channel, piece, sealed);
            ByteBuffer source = ByteBuffer.wrap(sealed, 0, piece.length);
            int rawLength = source.getInt();
            int length = source.getInt();
            long nonce = source.getLong();
            byte[] content = length < rawLength ? packed : raw;
            ByteBuffer target = ByteBuffer.wrap(content);
            for (int offset = 0; offset < length; offset += FRAME_BYTES) {
                start(Cipher.DECRYPT_MODE, nonce + offset / FRAME_BYTES);
                int frame = Math.min(FRAME_BYTES, length - offset) + TAG_BYTES;
                cipher.doFinal(
                        source.slice(source.position() + offset / FRAME_BYTES * (FRAME_BYTES + TAG_BYTES), frame),
                        target);
            }
            if (content == packed) {
                Zstd.decompressByteArray(raw, 0, rawLength, packed, 0, length);
            }
            hash(rawLength);
        }

        private void hash(int length) {
            sha256.update(raw, 0, length);
            sha256.digest();
        }

        private void start(int mode, long nonce) throws GeneralSecurityException {
            byte[] bytes =
                    ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(nonce).array();
            cipher.init(mode, KEY, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, bytes));
        }

        private static void read(FileChannel channel, Piece piece, byte[] target) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(target, 0, piece.length);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, piece.offset + buffer.position()) < 0) {
                    throw new IOException("'" + piece.file + "' became shorter");
                }
            }
        }
    }
}
