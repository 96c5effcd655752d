package dev.tidemark.kvs.cassandra.node;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a component of an SSTable. From Cassandra 2.2 on it is {@code VERSION-ID-FORMAT-COMPONENT}, before it was
 * {@code KEYSPACE-TABLE-VERSION-GENERATION-COMPONENT}; the id is a number, the generation, or from 4.1 on perhaps a UUID.
 *
 * @param sstable what the names of all components of the SSTable begin with
 * @param component the rest, without the dash: {@code Data.db}, {@code TOC.txt}, ...
 */
record SSTableName(String sstable, String component) {
    static final String DATA = "Data.db";
    static final String TOC = "TOC.txt";
    static final String DIGEST = "Digest.";

    private static final Pattern NAME = Pattern.compile("(?<sstable>.+)-(?<component>[^-]+\\.[^-]+)");
    private static final Pattern RECENT = Pattern.compile("(?<version>[a-z]{2})-(?<id>\\w+)-(?<format>[a-z]+)");
    private static final Pattern OLD = Pattern.compile(".+-(?<version>[a-z]{2})-(?<id>\\d+)");

    /** Takes a file's name apart; empty for one that no component has. */
    static Optional<SSTableName> parse(String file) {
        Matcher matcher = NAME.matcher(file);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String sstable = matcher.group("sstable");
        boolean isKnown =
                RECENT.matcher(sstable).matches() || OLD.matcher(sstable).matches();
        return isKnown ? Optional.of(new SSTableName(sstable, matcher.group("component"))) : Optional.empty();
    }

    /** Returns the generation of an SSTable; 0 for one whose id is not a number. */
    long generation() {
        String id = matched().group("id");
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Returns the name of the same component in a table, for an SSTable with another generation. */
    String renamed(String keyspace, String table, long generation) {
        Matcher matcher = matched();
        String version = matcher.group("version");
        boolean isRecent = matcher.pattern() == RECENT;
        return isRecent
                ? version + "-" + generation + "-" + matcher.group("format") + "-" + component
                : keyspace + "-" + table + "-" + version + "-" + generation + "-" + component;
    }

    private Matcher matched() {
        Matcher recent = RECENT.matcher(sstable);
        if (recent.matches()) {
            return recent;
        }
        Matcher old = OLD.matcher(sstable);
        if (old.matches()) {
            return old;
        }
        throw new IllegalStateException("SSTable '" + sstable + "' (expected: parsed before)");
    }
}
