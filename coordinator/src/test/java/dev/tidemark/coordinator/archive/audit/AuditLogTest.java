package dev.tidemark.coordinator.archive.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** I12: the chain of the audit log, and whatever can be done to it by somebody who has no writer's key. */
class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-11-05T10:15:30.123456Z");
    private static final byte[] READERS_KEY = SampleArchive.randomBytes(9, 40);

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
    private final AuditLog log = archive.audit();

    @Test
    void append_severalProcesses_oneChain() {
        add(log, "a");
        AuditLog other = opened().audit();
        add(other, "b");
        add(log, "c");
        add(other, "d");

        assertThat(subjects()).containsExactly("a", "b", "c", "d");
        assertWell(4);
        AuditRecord second = log.read(2);
        assertThat(second.entry().previous()).isEqualTo(log.read(1).hash());
        assertThat(second.authenticity()).isEqualTo(AuditRecord.Authenticity.SIGNED);
        assertThat(second.entry().at()).isEqualTo(Instant.parse("2026-11-05T10:15:30.123Z"));
        assertThat(log.read(1).entry().previous()).isEqualTo(ObjectHash.UNKNOWN);
    }

    @Test
    void append_anotherProcessIsFaster_takesTheNextNumber() {
        add(log, "a");
        AuditLog other = opened().audit();
        AtomicBoolean isFirst = new AtomicBoolean(true);
        store.observe((operation, key, isDone) -> {
            boolean isEntry = key.startsWith(AuditKeyspace.PREFIX);
            if (operation == Operation.CREATE && isEntry && !isDone && isFirst.compareAndSet(true, false)) {
                add(other, "faster");
            }
        });

        add(log, "slower");

        assertThat(subjects()).containsExactly("a", "faster", "slower");
        assertWell(3);
    }

    @Test
    void append_lostAnswer_isNotDoneTwice() {
        add(log, "a");
        CoordinatorException lost = new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "lost", "Try again.");
        store.failAfterNext(Operation.CREATE, lost);
        assertThatThrownBy(() -> add(log, "b")).isSameAs(lost);

        add(log, "b");

        assertThat(subjects()).containsExactly("a", "b");
        assertWell(2);
    }

    @Test
    void append_longLog_findsItsEndAcrossFoldersAndGaps() {
        Random random = new Random(5);
        for (int i = 0; i < 2_100; i++) {
            put(AuditKeyspace.key(i + 1), random);
        }
        store.delete(AuditKeyspace.key(1_024));
        store.delete(AuditKeyspace.key(2_099));
        put(new ObjectKey("audit/00000002/foreign"), random);

        add(log, "last");

        assertThat(log.position().sequence()).isEqualTo(2_101);
        assertThat(log.lastSequences(3)).containsExactly(2_100L, 2_101L);
        AuditChain chain = log.check();
        assertThat(chain.problems()).hasSize(AuditChain.MAX_PROBLEMS);
        assertThat(chain.problemCount())
                .as("2,098 damaged, 2 missing, 1 foreign")
                .isEqualTo(2_101);
    }

    @Test
    void append_entryWithTheLastNumber_saysSo() {
        put(AuditKeyspace.key(AuditKeyspace.MAX_SEQUENCE), new Random(6));

        assertThatThrownBy(() -> add(log, "a"))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED))
                .hasMessageContaining("no room");
    }

    @Test
    void append_textsWithLineBreaksAndTooLong_areOneLineAndCutOff() {
        String pair = "x".repeat(AuditStatement.MAX_TEXT - 1) + "\uD83D\uDE00";
        log.append(NOW, "eve\nroot", AuditStatement.of(AuditEvent.EXPORTED, "orders", "a\r\nENDED b", pair));

        AuditEntry entry = log.read(1).entry();
        assertThat(entry.who()).isEqualTo("eve root");
        assertThat(entry.statement().subject()).isEqualTo("a  ENDED b");
        assertThat(entry.statement().message()).isEqualTo("x".repeat(AuditStatement.MAX_TEXT - 1));
    }

    @Test
    void reader_entriesHaveACode_thatThePublicKeyCanNotCheck() {
        archive.keys().add(archive.keys().prepare(ArchiveKey.keyFile(READERS_KEY), "restore host", Role.READER));
        add(log, "by a writer");
        AuditLog readers = Archive.open(store, ArchiveKey.keyFile(READERS_KEY), SampleArchive.seams(3))
                .audit();
        add(readers, "by a reader");

        assertThat(log.read(2).authenticity()).isEqualTo(AuditRecord.Authenticity.BY_READER);
        assertThat(archive.toPublic().audit().read(1).authenticity()).isEqualTo(AuditRecord.Authenticity.SIGNED);
        assertThat(archive.toPublic().audit().read(2).authenticity()).isEqualTo(AuditRecord.Authenticity.UNCHECKED);
        assertThat(log.check().byReaders()).isEqualTo(1);
        AuditChain byPublicKey = archive.toPublic().audit().check();
        assertThat(byPublicKey.unchecked()).isEqualTo(1);
        assertThat(byPublicKey.problems()).isEmpty();
        assertEveryByteCounts(log, AuditKeyspace.key(2));
    }

    @Test
    void check_anyByteOfAnyEntryChanged_isFound() {
        add(log, "a");
        add(log, "b");
        add(log, "c");

        assertEveryByteCounts(log, AuditKeyspace.key(1));
        assertEveryByteCounts(archive.toPublic().audit(), AuditKeyspace.key(3));
    }

    @Test
    void check_entriesRemovedSwappedOrPutIn_areFound() {
        for (String name : List.of("a", "b", "c", "d")) {
            add(log, name);
        }
        byte[] second = store.read(AuditKeyspace.key(2));
        byte[] third = store.read(AuditKeyspace.key(3));

        store.delete(AuditKeyspace.key(2));
        assertThat(log.check().problems()).containsExactly("the entries from 2 to 2 are missing");
        store.create(AuditKeyspace.key(2), ByteBuffer.wrap(third));
        assertThat(log.check().problemCount()).isPositive();
        replace(2, second);
        replace(3, second);
        assertThat(log.check().problemCount()).isPositive();
        replace(3, third);
        assertWell(4);

        InMemoryObjectStore elsewhere = new InMemoryObjectStore();
        AuditLog foreign = Archive.create(elsewhere, SampleArchive.key(), SampleArchive.seams(7))
                .audit();
        add(foreign, "forged");
        replace(1, elsewhere.read(AuditKeyspace.key(1)));
        assertThat(log.check().problemCount()).isPositive();
    }

    /** What was there first and what is there now are both signed, and each fits its place: the chain tells. */
    @Test
    void check_entryOfAnotherBranchOfTheSameArchive_isFound() {
        add(log, "a");
        InMemoryObjectStore copy = copy();
        add(log, "b");
        add(log, "c");
        AuditLog branch =
                Archive.open(copy, SampleArchive.key(), SampleArchive.seams(4)).audit();
        add(branch, "another b");

        replace(2, copy.read(AuditKeyspace.key(2)));

        assertThat(log.check().problems())
                .containsExactly("entry 3 follows another entry 2 than the one that is there");
    }

    @Test
    void compare_endCutOffOrChangedSinceItWasNoted_isFound() {
        add(log, "a");
        AuditPosition first = log.position();
        add(log, "b");
        AuditPosition noted = AuditPosition.parse(log.position().toString()).orElseThrow();

        assertThat(problemsWith(noted)).isEmpty();
        assertThat(problemsWith(first)).isEmpty();
        assertThat(problemsWith(new AuditPosition(1, noted.hash())))
                .containsExactly("entry 1 is another one than when its hash was noted");
        store.delete(AuditKeyspace.key(2));
        assertThat(log.check().problems()).isEmpty();
        assertThat(problemsWith(noted))
                .containsExactly("the log ends with entry 1 (expected: at least 2): its end was cut off");
        assertThat(AuditPosition.parse("2:xyz")).isEmpty();
    }

    /** A process that was overtaken states its end late; whoever took over has the greater epoch. */
    @Test
    void outcome_lateEndOfOvertakenProcess_doesNotCount() {
        log.append(NOW, "second", end(5, "CANCELLED"));
        log.append(NOW, "first", end(4, "SUCCEEDED"));

        assertThat(log.check().outcome("orders", "backup-1")).contains("CANCELLED");
        log.append(NOW, "second", end(5, "FAILED"));
        assertThat(log.check().outcome("orders", "backup-1")).contains("FAILED");
    }

    /** Its writer may never have been told that it is durable: if it vanished later, the chain would have a gap. */
    @Test
    void append_lastEntryOfAnotherProcess_isConfirmedFirst() {
        add(log, "a");
        List<String> created = new ArrayList<>();
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && !isDone) {
                created.add(key);
            }
        });

        add(opened().audit(), "b");

        assertThat(created)
                .containsExactly(
                        AuditKeyspace.key(1).value(), AuditKeyspace.key(2).value());
    }

    @Test
    void read_entryThatIsSignedForItsPlaceAndNamesAnotherNumber_isRefused() {
        add(log, "a");
        AuditRecord right = log.read(1);
        AuditEntry wrong = new AuditEntry(
                1,
                archive.id(),
                7,
                ObjectHash.UNKNOWN,
                NOW,
                "test",
                right.entry().statement());
        AuditKeys keys = AuditKeys.of(archive.signer(), code -> code);

        replace(1, new AuditDocument(keys, archive.id()).encode(AuditKeyspace.key(1), wrong));

        assertThat(log.check().problems()).singleElement().asString().contains("it is entry 7");
    }

    @Test
    void append_damagedLastEntry_goesOnFromWhatIsThere() {
        add(log, "a");
        store.damage(AuditKeyspace.key(1), content -> new byte[] {1});

        add(opened().audit(), "b");

        AuditChain chain = log.check();
        assertThat(chain.problemCount()).isEqualTo(1);
        assertThat(chain.last().sequence()).isEqualTo(2);
    }

    private void assertEveryByteCounts(AuditLog reader, ObjectKey key) {
        byte[] original = store.read(key);
        for (int i = 0; i < original.length; i++) {
            int at = i;
            store.damage(key, content -> {
                content[at] ^= 1;
                return content;
            });
            assertThat(reader.check().problemCount())
                    .as("byte %d of %s", i, key)
                    .isPositive();
            store.damage(key, content -> original.clone());
        }
        assertThat(reader.check().problems()).isEmpty();
    }

    private void assertWell(long entries) {
        AuditChain chain = log.check();
        assertThat(chain.problems()).isEmpty();
        assertThat(chain.entries()).isEqualTo(entries);
        assertThat(chain.last()).isEqualTo(log.position());
    }

    private List<String> problemsWith(AuditPosition noted) {
        AuditChain chain = log.check();
        chain.compare(noted);
        return chain.problems();
    }

    private List<String> subjects() {
        List<String> subjects = new ArrayList<>();
        log.lastSequences(1000)
                .forEach(sequence ->
                        subjects.add(log.read(sequence).entry().statement().subject()));
        return subjects;
    }

    private Archive opened() {
        return Archive.open(store, SampleArchive.key(), SampleArchive.seams(2));
    }

    private InMemoryObjectStore copy() {
        InMemoryObjectStore copy = new InMemoryObjectStore();
        for (ObjectInfo info : store.list("", "", 1000)) {
            copy.create(info.key(), ByteBuffer.wrap(store.read(info.key())));
        }
        return copy;
    }

    private void replace(long sequence, byte[] content) {
        store.delete(AuditKeyspace.key(sequence));
        store.create(AuditKeyspace.key(sequence), ByteBuffer.wrap(content));
    }

    private void put(ObjectKey key, Random random) {
        byte[] content = new byte[10];
        random.nextBytes(content);
        store.create(key, ByteBuffer.wrap(content));
    }

    private static AuditStatement end(long epoch, String outcome) {
        return new AuditStatement(AuditEvent.ENDED, "orders", "backup", "backup-1", epoch, outcome, "", "");
    }

    private static void add(AuditLog to, String subject) {
        to.append(NOW, "test", AuditStatement.of(AuditEvent.ANNOTATED, "orders", subject, ""));
    }
}
