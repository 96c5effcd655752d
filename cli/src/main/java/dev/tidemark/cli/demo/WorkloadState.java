package dev.tidemark.cli.demo;

import dev.tidemark.cli.demo.WorkloadTables.Transfer;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transaction.VisibleCells;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What the workload's tables hold at one timestamp, and whether its invariants hold. Held in memory.
 *
 * @param balances balance by account
 * @param ledger transfer by id
 * @param ring successor by node
 * @param left number by key in the one table
 * @param right number by key in the other one
 * @param documents how many cells the unchanging table has
 */
public record WorkloadState(
        Map<Long, Long> balances,
        Map<Long, Transfer> ledger,
        Map<Long, Long> ring,
        Map<Long, Long> left,
        Map<Long, Long> right,
        long documents) {
    /** Reads the state. */
    public static WorkloadState read(VisibleCells cells) {
        Map<Long, Transfer> ledger = new TreeMap<>();
        forEach(cells, WorkloadTables.LEDGER, (row, version) -> ledger.put(row, Transfer.decode(version.value())));
        long[] documents = {0};
        forEach(cells, WorkloadTables.DOCUMENTS, (row, version) -> documents[0]++);
        return new WorkloadState(
                numbers(cells, WorkloadTables.ACCOUNTS),
                ledger,
                numbers(cells, WorkloadTables.RING),
                numbers(cells, WorkloadTables.LEFT),
                numbers(cells, WorkloadTables.RIGHT),
                documents[0]);
    }

    /** Returns the ids of all transfers in the ledger. */
    public Set<Long> transfers() {
        return Set.copyOf(ledger.keySet());
    }

    /** Checks every invariant. */
    public List<Check> check(WorkloadSettings settings) {
        return List.of(
                checkSum(settings),
                checkLedger(settings),
                checkRing(settings),
                checkPairs(settings),
                checkDocuments(settings));
    }

    private Check checkSum(WorkloadSettings settings) {
        long accounts = settings.accounts() + (long) WorkloadTables.RESERVED_ACCOUNTS;
        long expected = accounts * WorkloadTables.FIRST_BALANCE;
        long sum = balances.values().stream().mapToLong(Long::longValue).sum();
        return new Check(
                "no money appeared or vanished",
                sum == expected && balances.size() == accounts,
                balances.size() + " accounts hold " + sum + " (expected: " + expected + ")");
    }

    private Check checkLedger(WorkloadSettings settings) {
        Map<Long, Long> replayed = new TreeMap<>();
        for (long account = 0; account < settings.accounts() + WorkloadTables.RESERVED_ACCOUNTS; account++) {
            replayed.put(account, WorkloadTables.FIRST_BALANCE);
        }
        ledger.values().forEach(transfer -> {
            replayed.merge(transfer.from(), -transfer.amount(), Long::sum);
            replayed.merge(transfer.to(), transfer.amount(), Long::sum);
        });
        long wrong = replayed.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(balances.get(entry.getKey())))
                .count();
        return new Check(
                "replaying the ledger gives every balance",
                wrong == 0,
                ledger.size() + " transfers, " + wrong + " wrong balances");
    }

    private Check checkRing(WorkloadSettings settings) {
        Set<Long> seen = new HashSet<>();
        Long node = 0L;
        while (node != null && seen.add(node)) {
            node = ring.get(node);
        }
        boolean isCycle = node != null && node == 0 && seen.size() == settings.ringNodes();
        return new Check(
                "the ring is one cycle",
                isCycle && ring.size() == settings.ringNodes(),
                "a walk meets " + seen.size() + " of " + settings.ringNodes() + " nodes");
    }

    private Check checkPairs(WorkloadSettings settings) {
        long unequal = left.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(right.get(entry.getKey())))
                .count();
        long expected = settings.pairs() + (long) WorkloadTables.RESERVED_ACCOUNTS;
        return new Check(
                "both tables agree on every pair",
                unequal == 0 && left.size() == expected && right.size() == expected,
                left.size() + " pairs, " + unequal + " of them unequal");
    }

    private Check checkDocuments(WorkloadSettings settings) {
        return new Check(
                "every document is there",
                documents == settings.documents(),
                documents + " of " + settings.documents() + " documents");
    }

    static Map<Long, Long> numbers(VisibleCells cells, TableName table) {
        Map<Long, Long> numbers = new TreeMap<>();
        forEach(cells, table, (row, version) -> numbers.put(row, version.value().toLong()));
        return numbers;
    }

    private static void forEach(VisibleCells cells, TableName table, BiConsumer<Long, CellVersion> action) {
        try (CloseableIterator<CellVersion> versions = cells.scan(table, CellRange.all())) {
            while (versions.hasNext()) {
                CellVersion version = versions.next();
                action.accept(version.cell().row().toLong(), version);
            }
        }
    }
}
