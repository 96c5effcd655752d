package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns entries into aborted ones, each if it is what somebody has seen.
 *
 * <p>An entry of schema 1 or 2 was written by Paxos, and Paxos replaces it: what is written by any other means has a timestamp of
 * its own, which is smaller or hides what Paxos writes later. Of schema 3 that is true while the entry is staging. Once it is
 * decided it stands at a fixed timestamp above every clock; a lightweight transaction would say that it was applied and
 * change nothing. So it is hidden by an ordinary write at the next timestamp, on all replicas, when it is what was seen: a
 * decided entry changes no more, except by another abort. A staging entry is decided by Paxos first, and so against a client
 * that confirms it at the same time, and then hidden in the same way: what the client may still write has no effect.
 *
 * <p>Whatever was written is read again from all replicas. What was restored may have been written by a clock that was ahead of
 * this cluster's; then Paxos applies a change that nobody can see, and the abort fails here, loudly.
 */
final class EntryAborts {
    private static final int SCHEMA_WITH_FIXED_TIMESTAMPS = 3;

    private final TransactionsSchemaMap schemas;
    private final LightweightAborts lightweight;
    private final TimestampedAborts timestamped;
    private final EntryReads reads;

    EntryAborts(Keyspace keyspace, TransactionsSchemaMap schemas) {
        this.schemas = schemas;
        this.lightweight = new LightweightAborts(keyspace);
        this.timestamped = new TimestampedAborts(keyspace);
        this.reads = new EntryReads(keyspace, ConsistencyLevel.ALL);
    }

    /** Aborts the entries; returns those that are something else than what was seen, and not aborted. */
    Set<TransactionEntry> abortAll(List<TransactionEntry> seen) {
        Map<Integer, List<TransactionEntry>> bySchema = new LinkedHashMap<>();
        for (TransactionEntry entry : seen) {
            if (!(entry.state() instanceof TransactionState.Aborted)) {
                bySchema.computeIfAbsent(schemas.versionAt(entry.startTimestamp()), version -> new ArrayList<>())
                        .add(entry);
            }
        }
        Set<TransactionEntry> changed = new HashSet<>();
        bySchema.forEach((version, entries) -> {
            TransactionsEncoding encoding = TransactionsEncoding.ofSchema(version);
            changed.addAll(
                    version == SCHEMA_WITH_FIXED_TIMESTAMPS ? hide(encoding, entries) : replace(encoding, entries));
        });
        return changed;
    }

    private Set<TransactionEntry> replace(TransactionsEncoding encoding, List<TransactionEntry> seen) {
        Set<TransactionEntry> changed = lightweight.abortAll(encoding, seen);
        requireAborted(encoding, without(seen, changed));
        return changed;
    }

    private Set<TransactionEntry> hide(TransactionsEncoding encoding, List<TransactionEntry> seen) {
        Map<Long, TransactionState> current = reads.read(encoding, starts(seen));
        Set<TransactionEntry> changed = new HashSet<>();
        List<TransactionEntry> decided = new ArrayList<>();
        List<TransactionEntry> staging = new ArrayList<>();
        for (TransactionEntry entry : seen) {
            TransactionState state = current.get(entry.startTimestamp());
            if (entry.state().equals(state)) {
                (state instanceof TransactionState.Staging ? staging : decided).add(entry);
            } else if (!TransactionState.ABORTED.equals(state)) {
                changed.add(entry);
            }
        }
        Set<TransactionEntry> confirmed = lightweight.abortAll(encoding, staging);
        changed.addAll(confirmed);
        decided.addAll(without(staging, confirmed));
        timestamped.abortAll(encoding, starts(decided));
        requireHidden(encoding, decided);
        return changed;
    }

    private void requireAborted(TransactionsEncoding encoding, List<TransactionEntry> entries) {
        notAborted(encoding, entries).ifPresent(wrong -> {
            throw new KeyValueStoreException(
                    ErrorCode.CLOCK_BEHIND,
                    wrong + ", written at a timestamp ahead of the cluster's clock (expected: aborted)",
                    "Set the clocks of the nodes right, or wait until they have passed the clock of the cluster that was "
                            + "backed up, then try again.");
        });
    }

    private void requireHidden(TransactionsEncoding encoding, List<TransactionEntry> entries) {
        notAborted(encoding, entries).ifPresent(wrong -> {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    wrong + ", written above timestamp " + TwoPhaseWrites.ABORTED_TIMESTAMP
                            + ", which nothing but an abort has (expected: aborted)",
                    "Find out who writes to the transactions tables besides AtlasDB; restore another backup.");
        });
    }

    /** Reads the entries again; tells of the first that is something else than aborted. */
    private Optional<String> notAborted(TransactionsEncoding encoding, List<TransactionEntry> entries) {
        Map<Long, TransactionState> found = reads.read(encoding, starts(entries));
        return entries.stream()
                .map(TransactionEntry::startTimestamp)
                .filter(start -> !TransactionState.ABORTED.equals(found.get(start)))
                .findFirst()
                .map(start -> "the abort of transaction " + start + " has no effect: its entry is " + found.get(start));
    }

    private static List<Long> starts(List<TransactionEntry> entries) {
        return entries.stream().map(TransactionEntry::startTimestamp).toList();
    }

    private static List<TransactionEntry> without(List<TransactionEntry> entries, Set<TransactionEntry> others) {
        return entries.stream().filter(entry -> !others.contains(entry)).toList();
    }
}
