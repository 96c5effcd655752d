package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundSlot.Damaged;
import dev.tidemark.timestamp.bound.BoundSlot.OtherVersion;
import dev.tidemark.timestamp.bound.BoundSlot.Read;
import dev.tidemark.timestamp.bound.BoundSlot.Valid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bound file of one namespace: two slots, A and B, that hold the same state whenever nothing is being written.
 *
 * <p><b>How it is written.</b> Write n replaces slot A (sequence number n), forces it to the medium, replaces slot B (also
 * n), forces it, and only then is acknowledged. So at any moment, whatever is lost of a write that was not forced:
 *
 * <ul>
 *   <li>(1) an acknowledged state n is in both slots, until A is replaced by n + 1;
 *   <li>(2) while A is being replaced, B holds n whole; while B is being replaced, A holds n + 1 whole.
 * </ul>
 *
 * <p><b>How it is read.</b> The usual scheme of two slots, written alternately, can't tell a torn newest slot (the write
 * was never acknowledged, the older slot is right) from a newest slot that was acknowledged and has decayed (the older
 * slot is a lower bound, and timestamps are issued twice). Here the older slot never matters:
 *
 * <ul>
 *   <li>Both slots are whole and equal: that is the state.
 *   <li>A is one write ahead of B: the process stopped between the two forces. A was not acknowledged, and is not below
 *       B, so A is the state and B is brought up to it.
 *   <li>One slot is whole and the other is not, torn or decayed: by (1) and (2) each slot alone is at least the last
 *       acknowledged state. If A is damaged, B holds the last acknowledged state, because B is only ever behind A by a
 *       write that was not acknowledged. If B is damaged, A holds it or a later one. The damaged slot is replaced by a
 *       copy of the whole one; the whole one is not touched until that copy is durable.
 *   <li>Neither is whole, or both are and contradict each other in a way that no interrupted write leaves behind (B ahead
 *       of A, a gap of more than one, equal numbers and different states, another namespace's name): the medium or a
 *       person has changed the file, nothing is known about the last acknowledged state, and it is refused.
 * </ul>
 *
 * <p>What this can't see: a whole file, or a whole data directory, that was replaced by an older copy of itself while no
 * oracle ran. docs/timestamp-files.rst says what to do then.
 *
 * <p>The file is opened anew for each write and must still hold the state that the writer expects: a file that was
 * deleted, replaced or written by somebody else is noticed before the next window is issued. Thread-safe; a caller waits
 * for the I/O of another, once in a million timestamps.
 */
final class BoundFile {
    private static final Logger LOG = LoggerFactory.getLogger(BoundFile.class);
    private static final long SLOT_A = 0;
    private static final long SLOT_B = BoundSlot.SIZE_BYTES;
    private static final long SIZE_BYTES = 2L * BoundSlot.SIZE_BYTES;

    private final Path path;
    private final String namespace;
    private final BlockFile.Opener opener;

    BoundFile(Path path, String namespace, BlockFile.Opener opener) {
        this.path = path;
        this.namespace = namespace;
        this.opener = opener;
    }

    /** Fills a new, empty file. */
    synchronized void initialize(BoundState initial) {
        byte[] slot = new BoundSlot(1, namespace, initial).encode();
        try (BlockFile file = opener.open(path)) {
            file.write(SLOT_A, slot);
            file.write(SLOT_B, slot);
            file.force();
        } catch (IOException e) {
            throw translate("create", e);
        }
    }

    /**
     * Returns the state, which is durable then; repairs what an interrupted write or a damaged slot has left.
     *
     * <p>A process that died may have left its last write, to either slot, in the memory of the system alone. Everything is
     * forced before it is read: so no repair replaces one of two slots of which neither is durable.
     */
    synchronized BoundState read() {
        try (BlockFile file = opener.open(path)) {
            file.force();
            return recover(file).state();
        } catch (IOException e) {
            throw translate("read", e);
        }
    }

    synchronized void compareAndSet(BoundState expected, BoundState next) {
        try (BlockFile file = opener.open(path)) {
            BoundSlot current = recover(file);
            if (!current.state().equals(expected)) {
                throw BoundErrors.changedByOther(namespace, expected, current.state());
            }
            byte[] slot = new BoundSlot(current.sequence() + 1, namespace, next).encode();
            write(file, SLOT_A, slot);
            write(file, SLOT_B, slot);
        } catch (IOException e) {
            throw translate("write", e);
        }
    }

    private BoundSlot recover(BlockFile file) throws IOException {
        if (file.size() > SIZE_BYTES) {
            throw damaged("it has " + file.size() + " bytes (expected: " + SIZE_BYTES + ")");
        }
        Read readA = readSlot(file, SLOT_A);
        Read readB = readSlot(file, SLOT_B);
        if (readA instanceof Valid a && readB instanceof Valid b) {
            return choose(file, a.slot(), b.slot());
        }
        if (readA instanceof Valid a && readB instanceof Damaged damage) {
            return repair(file, a.slot(), SLOT_B, "second", damage);
        }
        if (readB instanceof Valid b && readA instanceof Damaged damage) {
            return repair(file, b.slot(), SLOT_A, "first", damage);
        }
        throw damaged("neither of its two records can be read");
    }

    private Read readSlot(BlockFile file, long position) throws IOException {
        Read read = BoundSlot.decode(file.read(position, BoundSlot.SIZE_BYTES));
        if (read instanceof OtherVersion other) {
            throw new TimestampException(
                    ErrorCode.UNKNOWN_FORMAT_VERSION,
                    "bound file '" + path + "' has format version " + other.version() + " (expected: 1)",
                    "Run the version of Tidemark that wrote it, or a newer one.");
        }
        if (read instanceof Valid valid && !valid.slot().namespace().equals(namespace)) {
            throw damaged("it belongs to namespace '" + valid.slot().namespace() + "'");
        }
        return read;
    }

    private BoundSlot choose(BlockFile file, BoundSlot a, BoundSlot b) throws IOException {
        if (a.equals(b)) {
            return a;
        }
        boolean isNext = a.sequence() == b.sequence() + 1;
        boolean isNotBelow = a.state().bound() >= b.state().bound()
                && a.state().epoch() >= b.state().epoch();
        if (!isNext || !isNotBelow) {
            throw damaged("its two records contradict each other: write " + a.sequence() + " with bound "
                    + a.state().bound() + " and write " + b.sequence() + " with bound "
                    + b.state().bound());
        }
        LOG.info("completing write {} of bound file '{}' that was interrupted", a.sequence(), path);
        write(file, SLOT_B, a.encode());
        return a;
    }

    private BoundSlot repair(BlockFile file, BoundSlot whole, long position, String which, Damaged damage)
            throws IOException {
        LOG.warn(
                "the {} record of bound file '{}' is damaged: {}; restoring it from the other one, which holds bound {}",
                which,
                path,
                damage.reason(),
                whole.state().bound());
        write(file, position, whole.encode());
        return whole;
    }

    private static void write(BlockFile file, long position, byte[] slot) throws IOException {
        file.write(position, slot);
        file.force();
    }

    private TimestampException damaged(String reason) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                "bound file '" + path + "' of namespace '" + namespace + "' is damaged: " + reason,
                "Move the namespace's directory away, create the namespace anew and fast-forward it past every timestamp"
                        + " that was ever used.");
    }

    private TimestampException translate(String verb, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return damaged("it does not exist");
        }
        return translate(verb, path, cause);
    }

    static TimestampException translate(String verb, Path path, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return new TimestampException(
                    ErrorCode.DISK_FULL,
                    "cannot " + verb + " '" + path + "': no space left on the device",
                    "Make room, or file names (df -i), on the device of the oracle's data directory and restart the oracle.",
                    cause);
        }
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "cannot " + verb + " '" + path + "': " + cause.getClass().getSimpleName() + ": " + reason,
                FileErrors.hint(reason)
                        .orElse(
                                "Check the device and the permissions of the oracle's data directory and restart the oracle."),
                cause);
    }
}
