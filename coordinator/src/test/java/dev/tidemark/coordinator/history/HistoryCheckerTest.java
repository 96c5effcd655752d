package dev.tidemark.coordinator.history;

import static dev.tidemark.coordinator.history.CheckedWorld.MAIN;
import static dev.tidemark.coordinator.history.CheckedWorld.cell;
import static dev.tidemark.coordinator.history.HistoryTransaction.NO_COMMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.history.Finding.Kind;
import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCheckerTest {
    @TempDir
    private Path directory;

    private CheckedWorld world;

    @BeforeEach
    void setUp() {
        world = new CheckedWorld(directory);
        world.commit(1, 3, cell("a", "1"), cell("b", "1")).commit(5, 7, cell("a", "2"), cell("d", "2"));
    }

    @Test
    void check_storeThatIsTheHistory_isExact() {
        world.commit(8, 9, cell("d", "")).read(10, cell("a", "2"), cell("b", "1"), cell("d", ""));

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.isExact()).isTrue();
        assertThat(verdict.firstWrong()).isEmpty();
        assertThat(verdict.counts()).isEqualTo(new HistoryVerdict.Counts(4, 3, 0, 0, 0, 3, 2, 0));
    }

    @Test
    void check_emptyHistoryAndStore_isExact() {
        assertThat(new CheckedWorld(directory).check(5).isExact()).isTrue();
    }

    @Test
    void check_writeThatIsLost_isMissing() {
        world.remove(MAIN, 1, cell("b", "1"));

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.MISSING_WRITE);
        assertThat(finding.start()).isEqualTo(1);
        assertThat(finding.commit()).isEqualTo(3);
        assertThat(finding.line()).isEqualTo(2);
        assertThat(finding.expected()).isEqualTo(Bytes.utf8("1"));
        assertThat(finding.found()).isEqualTo(Bytes.EMPTY);
        assertThat(finding.message())
                .isEqualTo("transaction 1, commit 3, line 2: its write is missing; store 'main' table 't' row 'b'"
                        + " column 'c', expected '1', found nothing");
    }

    @Test
    void check_writeBelowWhichAnOlderValueShows_isMissing() {
        world.remove(MAIN, 5, cell("a", "2"));

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.MISSING_WRITE);
        assertThat(finding.start()).isEqualTo(5);
        assertThat(finding.found()).isEqualTo(Bytes.utf8("1"));
    }

    @Test
    void check_deletionThatIsLost_isMissing() {
        world.commit(8, 9, cell("b", "")).remove(MAIN, 8, cell("b", ""));

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.MISSING_WRITE);
        assertThat(finding.start()).isEqualTo(8);
        assertThat(finding.message()).contains("its deletion is missing");
    }

    @Test
    void check_valueThatIsAnother_isMissing() {
        world.put(MAIN, 5, List.of(cell("a", "3")));

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.MISSING_WRITE);
        assertThat(finding.message()).contains("its write has another value", "expected '2', found '3'");
    }

    @Test
    void check_tableThatIsLost_isMissing() {
        RecordedCell elsewhere =
                new RecordedCell(TableName.of("u"), Cell.of(Bytes.EMPTY, Bytes.EMPTY), Bytes.ofHex("ff"));
        world.record(10, 11, Outcome.COMMITTED, elsewhere).entry(MAIN, 10, 11);

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.MISSING_WRITE);
        assertThat(finding.place().table()).isEqualTo(TableName.of("u"));
        assertThat(finding.message()).contains("expected 0xff");
    }

    @Test
    void check_commitAboveTheTimestamp_isOutOfSight() {
        world.record(15, 25, Outcome.COMMITTED, cell("a", "9"))
                .put(MAIN, 15, List.of(cell("a", "9")))
                .entry(MAIN, 15, NO_COMMIT);

        assertThat(world.check(20).isExact()).isTrue();
        assertThat(world.check(20).counts().above()).isEqualTo(1);
    }

    @Test
    void check_commitAboveTheTimestampThatWasLeft_isWrong() {
        world.commit(15, 25, cell("a", "9"));

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.WRONG_OUTCOME);
        assertThat(finding.start()).isEqualTo(15);
        assertThat(finding.message()).contains("committed at 25, above 20");
        assertThat(world.check(20, StoreView.LIVE).isExact()).isTrue();
    }

    @Test
    void check_unrecordedCommitAboveTheTimestampThatWasLeft_isWrong() {
        world.put(MAIN, 15, List.of(cell("a", "9"))).entry(MAIN, 15, 25);

        assertThat(only(world.check(20)).message()).contains("committed at 25, above 20, and it is not in the history");
        assertThat(world.check(20, StoreView.LIVE).isExact()).isTrue();
    }

    @Test
    void check_workAfterTheRestore_isOutOfTheComparison() {
        world.put(MAIN, 30, List.of(cell("a", "9"))).entry(MAIN, 30, 31);

        assertThat(world.check(20).isExact()).isTrue();
    }

    @Test
    void check_valueOfACommitAboveTheTimestamp_isExtra() {
        world.record(15, 25, Outcome.COMMITTED, cell("a", "9"))
                .put(MAIN, 15, List.of(cell("a", "9")))
                .entry(MAIN, 15, 16);

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.findings())
                .extracting(Finding::kind)
                .containsExactlyInAnyOrder(Kind.EXTRA_VALUE, Kind.WRONG_OUTCOME);
        assertThat(verdict.findings()).extracting(Finding::start).containsOnly(15L);
        assertThat(verdict.findings().toString()).contains("did not commit at or below 20");
    }

    @Test
    void check_valueOfAnAbortedTransaction_isExtra() {
        world.record(10, NO_COMMIT, Outcome.ABORTED, cell("e", "9"))
                .put(MAIN, 10, List.of(cell("e", "9")))
                .entry(MAIN, 10, 12);

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.findings())
                .extracting(Finding::kind)
                .containsExactlyInAnyOrder(Kind.EXTRA_VALUE, Kind.WRONG_OUTCOME);
        assertThat(verdict.findings().toString()).contains("it was aborted");
    }

    @Test
    void check_valueOfAnUnknownTransaction_isExtra() {
        world.put(MAIN, 10, List.of(cell("e", "9"))).entry(MAIN, 10, 12);

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.totals()).containsOnlyKeys(Kind.EXTRA_VALUE, Kind.WRONG_OUTCOME);
        assertThat(verdict.firstWrong().orElseThrow().start()).isEqualTo(10);
        assertThat(verdict.firstWrong().orElseThrow().commit()).isEqualTo(12);
    }

    @Test
    void check_extraValueBelowWhichAWriteIsMissing_namesBoth() {
        world.remove(MAIN, 5, cell("a", "2"))
                .put(MAIN, 4, List.of(cell("a", "7")))
                .entry(MAIN, 4, 6);

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.totals()).containsOnlyKeys(Kind.EXTRA_VALUE, Kind.WRONG_OUTCOME, Kind.MISSING_WRITE);
        assertThat(verdict.firstWrong().orElseThrow().start()).isEqualTo(4);
    }

    @Test
    void check_cellThatTheTransactionDidNotWrite_isExtra() {
        world.put(MAIN, 5, List.of(cell("z", "2"), cell("b", "7")));

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.totals()).containsExactly(Map.entry(Kind.EXTRA_VALUE, 2L));
        assertThat(verdict.findings().toString())
                .contains("it did not write this cell", "its value is there instead of that of transaction 1");
    }

    @Test
    void check_entryThatIsLostAlthoughEveryWriteIsOverwritten_isWrong() {
        world.commit(8, 9, cell("a", "3"), cell("d", "3")).changeEntry(MAIN, 5, TransactionState.ABORTED);

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.WRONG_OUTCOME);
        assertThat(finding.start()).isEqualTo(5);
        assertThat(finding.message()).contains("the store does not have it committed");
    }

    @Test
    void check_entryWithAnotherCommitTimestamp_isWrong() {
        world.changeEntry(MAIN, 5, TransactionState.committed(8));

        assertThat(only(world.check(20)).message()).contains("the store has it committed at 8");
    }

    @Test
    void check_stagingTransaction_countsAsCommitted() {
        world.changeEntry(MAIN, 5, TransactionState.staging(7));

        assertThat(world.check(20).isExact()).isTrue();
    }

    @Test
    void check_unknownOutcome_isRightEitherWay() {
        world.record(10, NO_COMMIT, Outcome.UNKNOWN, cell("a", "4"), cell("b", "4"))
                .put(MAIN, 10, List.of(cell("a", "4"), cell("b", "4")));
        assertThat(world.check(20).isExact()).isTrue();
        assertThat(world.check(20).counts().unknownNotCommitted()).isEqualTo(1);

        world.entry(MAIN, 10, 12);

        assertThat(world.check(20).isExact()).isTrue();
        assertThat(world.check(20).counts().unknownCommitted()).isEqualTo(1);
    }

    @Test
    void check_unknownOutcomeInPart_isMissing() {
        world.record(10, NO_COMMIT, Outcome.UNKNOWN, cell("a", "4"), cell("b", "4"))
                .put(MAIN, 10, List.of(cell("a", "4")))
                .entry(MAIN, 10, 12);

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.MISSING_WRITE);
        assertThat(finding.start()).isEqualTo(10);
        assertThat(finding.commit()).isEqualTo(12);
    }

    @Test
    void check_unknownOutcomeWithACommitThatCannotBe_isWrong() {
        world.record(10, 12, Outcome.UNKNOWN, cell("a", "4"))
                .put(MAIN, 10, List.of(cell("a", "4")))
                .entry(MAIN, 10, 13);

        assertThat(only(world.check(20)).message()).contains("committed at 13, which can't be");
    }

    @Test
    void check_unknownOutcomeCommittedAtAnothersTimestamp_isWrong() {
        world.commit(9, 13, cell("z", "1"))
                .record(10, NO_COMMIT, Outcome.UNKNOWN, cell("a", "4"))
                .put(MAIN, 10, List.of(cell("a", "4")))
                .entry(MAIN, 10, 13);

        assertThat(only(world.check(20)).message()).contains("committed at 13, which can't be");
    }

    @Test
    void check_readOfAnotherState_isWrong() {
        world.read(6, cell("a", "2")).read(9, cell("d", ""));

        HistoryVerdict verdict = world.check(20);

        assertThat(verdict.totals()).containsExactly(Map.entry(Kind.WRONG_READ, 2L));
        assertThat(verdict.findings()).extracting(Finding::start).containsExactly(6L, 9L);
        assertThat(verdict.findings().get(0).message())
                .contains("it did not read what transaction 1 had written", "expected '1', found '2'");
    }

    @Test
    void check_readsOfAbortedTransactionsAndAboveTheTimestamp_areNotJudged() {
        world.history.add(new HistoryTransaction(
                MAIN, 10, NO_COMMIT, Outcome.ABORTED, List.of(cell("a", "9")), List.of(cell("a", "1"))));
        world.read(21, cell("a", "9"));

        assertThat(world.check(20).isExact()).isTrue();
    }

    @Test
    void check_writersThatOverlap_areALostUpdate() {
        world.commit(10, 13, cell("a", "5")).commit(11, 14, cell("a", "6"));

        Finding finding = only(world.check(20));

        assertThat(finding.kind()).isEqualTo(Kind.LOST_UPDATE);
        assertThat(finding.start()).isEqualTo(11);
        assertThat(finding.message()).contains("it wrote over transaction 10, which committed at 13 while it ran");
    }

    @Test
    void check_severalFindings_putsTheSmallestCommitTimestampFirst() {
        world.commit(8, 12, cell("k", "1"))
                .commit(9, 11, cell("j", "1"))
                .remove(MAIN, 8, cell("k", "1"))
                .remove(MAIN, 9, cell("j", "1"));

        assertThat(world.check(20).findings()).extracting(Finding::commit).containsExactly(11L, 12L);
    }

    @Test
    void check_manyFindings_listsTheFirstAndCountsAll() {
        for (int i = 0; i < 50; i++) {
            world.record(100 + 2 * i, 101 + 2 * i, Outcome.COMMITTED, cell("m" + i, "1"));
            world.entry(MAIN, 100 + 2 * i, 101 + 2 * i);
        }

        HistoryVerdict verdict = world.check(1_000);

        assertThat(verdict.findings()).hasSize(HistoryChecker.MAX_FINDINGS);
        assertThat(verdict.totalFindings()).isEqualTo(50);
        assertThat(verdict.firstWrong().orElseThrow().start()).isEqualTo(100);
    }

    @Test
    void check_storeThatHadDataBefore_isJudgedWhereTheHistoryWrote() {
        CheckedWorld older = new CheckedWorld(directory).from(100);
        older.put(MAIN, 50, List.of(cell("a", "0"), cell("b", "0"), cell("d", "0")))
                .entry(MAIN, 50, 51)
                .commit(110, 111, cell("a", "1"))
                .read(112, cell("a", "1"), cell("b", "0"));
        assertThat(older.check(200).isExact()).isTrue();
        assertThat(older.check(200).counts().olderThanHistory()).isEqualTo(3);

        older.remove(MAIN, 110, cell("a", "1"));

        assertThat(only(older.check(200)).kind()).isEqualTo(Kind.MISSING_WRITE);
    }

    @Test
    void check_timestampBelowTheHistory_isRefused() {
        world = new CheckedWorld(directory).from(100);

        assertRefused(() -> world.check(99), ErrorCode.TIMESTAMP_OUT_OF_RANGE, "expected: at least 100");
    }

    @Test
    void check_timestampThatGarbageCollectionHasPassed_isRefused() {
        new StoreMetadata(world.stores.get(MAIN).cells()).raiseEarliestReadableTimestamp(21);

        assertRefused(() -> world.check(20), ErrorCode.TIMESTAMP_OUT_OF_RANGE, "garbage collection of store 'main'");
    }

    @Test
    void check_otherStores_areRefused() {
        Path file = world.write();
        CheckedWorld other = new CheckedWorld(directory, "main", "second");

        assertRefused(() -> other.check(file, 20, StoreView.RESTORED), ErrorCode.INVALID_INPUT, "of the stores [main]");
    }

    @Test
    void check_timestampThatTwoTransactionsHave_isRefusedWithBothLines() {
        assertRefused(
                () -> world.check(
                        world.lines(
                                "{\"start\":5,\"outcome\":\"committed\"}",
                                "{\"start\":7,\"commit\":9,\"outcome\":\"aborted\"}",
                                "{\"start\":9,\"outcome\":\"committed\"}"),
                        20,
                        StoreView.RESTORED),
                ErrorCode.INVALID_INPUT,
                "line 4: start: 9, which line 3 has too");
    }

    @Test
    void check_writeBeforeTheHistoryBegins_isRefused() {
        world.from(2);

        assertRefused(() -> world.check(20), ErrorCode.INVALID_INPUT, "line 2: start: 1 (expected: at least 2");
    }

    private static Finding only(HistoryVerdict verdict) {
        assertThat(verdict.findings()).hasSize(1);
        assertThat(verdict.totalFindings()).isEqualTo(1);
        return verdict.firstWrong().orElseThrow();
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String part) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getMessage()).contains(part);
            assertThat(e.hint()).isNotEmpty();
        });
    }
}
