package dev.tidemark.kvs.cassandra.node.jmx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The operation that imports SSTables from a directory. It has got more parameters over time; the first seven are always there.
 * The eighth makes the node link files instead of moving them, which it does by itself where a link is impossible.
 */
final class Importing {
    private static final String OPERATION = "importNewSSTables";

    /** The parameters after the directories: what the known versions have, the latest first. */
    private static final List<List<Flag>> VERSIONS = List.of(
            List.of(
                    Flag.RESET_LEVEL,
                    Flag.CLEAR_REPAIRED,
                    Flag.VERIFY_SSTABLES,
                    Flag.VERIFY_TOKENS,
                    Flag.INVALIDATE_CACHES,
                    Flag.EXTENDED_VERIFY,
                    Flag.COPY_DATA),
            List.of(
                    Flag.RESET_LEVEL,
                    Flag.CLEAR_REPAIRED,
                    Flag.VERIFY_SSTABLES,
                    Flag.VERIFY_TOKENS,
                    Flag.INVALIDATE_CACHES,
                    Flag.EXTENDED_VERIFY,
                    Flag.COPY_DATA,
                    Flag.FAIL_ON_MISSING_INDEX,
                    Flag.VALIDATE_INDEX_CHECKSUM),
            List.of(
                    Flag.RESET_LEVEL,
                    Flag.CLEAR_REPAIRED,
                    Flag.VERIFY_SSTABLES,
                    Flag.VERIFY_TOKENS,
                    Flag.INVALIDATE_CACHES,
                    Flag.EXTENDED_VERIFY));

    private Importing() {}

    /** A parameter, with what it gets. */
    private enum Flag {
        /** The levels of another node mean nothing here. */
        RESET_LEVEL(true),
        /** What was repaired there need not be equal here. */
        CLEAR_REPAIRED(true),
        VERIFY_SSTABLES(false),
        VERIFY_TOKENS(false),
        INVALIDATE_CACHES(true),
        EXTENDED_VERIFY(false),
        COPY_DATA(true),
        /** The node builds the indexes that it misses. */
        FAIL_ON_MISSING_INDEX(false),
        VALIDATE_INDEX_CHECKSUM(false);

        private final boolean value;

        Flag(boolean value) {
            this.value = value;
        }
    }

    static boolean isPossible(JmxSession session, ObjectName table) throws JMException, IOException {
        for (List<Flag> flags : VERSIONS) {
            if (session.has(table, OPERATION, types(flags))) {
                return true;
            }
        }
        return false;
    }

    /** Returns the directories that the node could not read. */
    static List<String> run(JmxSession session, ObjectName table, Path directory) throws JMException, IOException {
        for (List<Flag> flags : VERSIONS) {
            if (session.has(table, OPERATION, types(flags))) {
                List<Object> arguments = new ArrayList<>();
                arguments.add(new HashSet<>(Set.of(directory.toString())));
                flags.forEach(flag -> arguments.add(flag.value));
                return Beans.strings(session.invoke(table, OPERATION, arguments, types(flags)));
            }
        }
        throw new IllegalStateException("import into " + table + ": not possible (expected: asked before)");
    }

    private static String[] types(List<Flag> flags) {
        List<String> types = new ArrayList<>(Collections.nCopies(flags.size() + 1, "boolean"));
        types.set(0, Set.class.getName());
        return types.toArray(String[]::new);
    }
}
