package dev.tidemark.coordinator.service.leading;

import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.row.EntryRow;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * One entry in the row of a group of instances: the sealed document {@code service/GROUP/leader/NUMBER}. The entry with the greatest
 * number says who leads.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param sequence number in the row, from 1 without gaps
 * @param kind whether somebody leads
 * @param term how often another one has begun to lead, from 1
 * @param instance id of who leads or led; chosen at each start
 * @param host where that instance runs, for people to read
 * @param address where it is asked; empty when its configuration does not say
 * @param at when this was written by its writer's clock, for people to read; decides nothing
 * @param leaseMillis for how long it leads without a further entry, measured by whoever waits for it
 * @param namespaces what it leads, ordered
 */
record LeaderEntry(
        int formatVersion,
        long sequence,
        Kind kind,
        long term,
        String instance,
        String host,
        String address,
        Instant at,
        long leaseMillis,
        List<String> namespaces) {
    static final int FORMAT_VERSION = 1;

    LeaderEntry {
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "formatVersion: " + formatVersion + " (expected: " + FORMAT_VERSION + ")");
        }
        if (sequence < 1 || term < 1 || leaseMillis < 0) {
            throw new IllegalArgumentException("entry: sequence " + sequence + ", term " + term + ", lease "
                    + leaseMillis + " ms (expected: >= 1, >= 1, >= 0)");
        }
        namespaces = List.copyOf(namespaces);
    }

    /** Tells whether two looks have seen the same entry. */
    boolean isSameEntry(LeaderEntry other) {
        return sequence == other.sequence && instance.equals(other.instance);
    }

    /** Returns the writer's next entry. */
    LeaderEntry next(Kind newKind, Instant now, long newLeaseMillis) {
        return new LeaderEntry(
                formatVersion,
                sequence + 1,
                newKind,
                term,
                instance,
                host,
                address,
                now,
                newKind == Kind.LEADS ? newLeaseMillis : 0,
                namespaces);
    }

    enum Kind {
        /** The instance leads. */
        LEADS,
        /** It has given up the lead, and nobody leads. */
        RELEASED
    }

    /** How entries are written. */
    static final class Codec implements EntryRow.Codec<LeaderEntry> {
        @Override
        public long sequence(LeaderEntry entry) {
            return entry.sequence();
        }

        @Override
        public byte[] encode(LeaderEntry entry) {
            return StrictJson.encode(entry);
        }

        @Override
        public LeaderEntry decode(byte[] content, String name) {
            try {
                return StrictJson.decode(content, LeaderEntry.class);
            } catch (IOException e) {
                throw FormatErrors.damaged(name, "it can't be read", e);
            }
        }
    }
}
