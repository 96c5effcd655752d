package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.archive.verified.VerificationRecords;
import dev.tidemark.coordinator.archive.verified.VerifiedPack;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is known of each pack from all verifications of its content: the last word on it. Thread-safe.
 *
 * <p>Memory: 9 bytes for each pack beside those of {@link PackTable}: 1,000,000 packs (16 TB) take below 80 MB.
 */
final class VerificationMemory {
    /** Clocks differ; what is later than that was written by one that is wrong, and would count for ever. */
    private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    private static final int MAX_ATTEMPTS = 3;
    private static final byte GOOD = 1;
    private static final byte DAMAGED = 2;

    private final Instant now;
    private final Predicate<VerifiedPack> relevant;
    private final List<ObjectKey> documents = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final PackTable packs = new PackTable();
    private long[] times = new long[256];
    private byte[] results = new byte[256];

    private VerificationMemory(Instant now, Predicate<VerifiedPack> relevant) {
        this.now = now;
        this.relevant = relevant;
    }

    /**
     * Reads all documents. One that is damaged is left out: what it says is found out again.
     *
     * @param relevant tells of which packs something is to be known; the others are forgotten when documents are merged
     */
    static VerificationMemory load(VerificationRecords records, Instant now, Predicate<VerifiedPack> relevant) {
        for (int attempt = 1; ; attempt++) {
            VerificationMemory memory = new VerificationMemory(now, relevant);
            // A document that vanishes was merged into one that was not in the listing.
            if (memory.read(records) || attempt == MAX_ATTEMPTS) {
                return memory;
            }
        }
    }

    private boolean read(VerificationRecords records) {
        boolean isComplete = true;
        for (ObjectKey key : records.list()) {
            try {
                records.read(key).forEach(this::add);
                documents.add(key);
            } catch (CoordinatorException e) {
                if (e.code() == ErrorCode.OBJECT_DAMAGED) {
                    problems.add(e.getMessage());
                    documents.add(key);
                } else if (e.code() == ErrorCode.OBJECT_MISSING) {
                    isComplete = false;
                } else {
                    throw e;
                }
            }
        }
        return isComplete;
    }

    /** Adds a result, unless a later one is known. */
    synchronized void add(VerifiedPack pack) {
        boolean isCredible = !pack.at().isAfter(now.plus(MAX_AHEAD));
        if (pack.level() == 2 && isCredible && relevant.test(pack)) {
            put(pack);
        }
    }

    /** Adds a result of this run, however long it takes. */
    synchronized void addOwn(VerifiedPack pack) {
        put(pack);
    }

    private void put(VerifiedPack pack) {
        int known = packs.numberOf(pack.pack());
        if (known >= 0 && VerifiedPack.BY_WEIGHT.compare(get(known), pack) >= 0) {
            return;
        }
        int number = packs.add(pack.pack(), pack.sizeBytes());
        if (number == times.length) {
            times = Arrays.copyOf(times, 2 * number);
            results = Arrays.copyOf(results, 2 * number);
        }
        times[number] = pack.at().toEpochMilli();
        results[number] = pack.isGood() ? GOOD : DAMAGED;
    }

    /** Returns the last word on a pack. */
    synchronized Optional<VerifiedPack> find(ObjectId pack) {
        int number = packs.numberOf(pack);
        return number < 0 ? Optional.empty() : Optional.of(get(number));
    }

    private VerifiedPack get(int number) {
        return new VerifiedPack(
                packs.id(number),
                packs.sizeBytes(number),
                Instant.ofEpochMilli(times[number]),
                2,
                results[number] == GOOD);
    }

    /** Returns the bytes of the packs that were read on the day of an instant, in UTC. */
    synchronized long bytesReadOn(Instant day) {
        LocalDate date = LocalDate.ofInstant(day, ZoneOffset.UTC);
        long begin = date.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        long end = date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        long bytes = 0;
        for (int number = 0; number < packs.count(); number++) {
            bytes += times[number] >= begin && times[number] < end ? packs.sizeBytes(number) : 0;
        }
        return bytes;
    }

    /** Returns a part of what is known, to be written down. */
    synchronized List<VerifiedPack> part(int from, int count) {
        List<VerifiedPack> part = new ArrayList<>();
        for (int number = from; number < Math.min(packs.count(), from + count); number++) {
            part.add(get(number));
        }
        return part;
    }

    /** Returns the documents that were read. */
    List<ObjectKey> documents() {
        return documents;
    }

    /** Returns what was wrong with documents. */
    List<String> problems() {
        return problems;
    }
}
