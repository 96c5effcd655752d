package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of the namespaces. A namespace exists when its name is here, and never ceases to; its state is written before. All names
 * are in one partition, because a serial read is of one partition. Thread-safe.
 */
final class NamespaceTable {
    private static final String WHAT = "the list of namespaces in Cassandra";
    private static final String INSERT = "INSERT INTO %snamespaces (store, namespace) VALUES (0, ?) IF NOT EXISTS";
    private static final String SELECT = "SELECT namespace FROM %snamespaces WHERE store = 0";
    private static final String SELECT_ONE = SELECT + " AND namespace = ?";

    private final BoundStatements statements;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    NamespaceTable(BoundStatements statements) {
        this.statements = statements;
    }

    /** Returns all names. */
    SortedSet<String> all() {
        Set<String> floor = Set.copyOf(known); // before the question: a name may be acknowledged while it is under way
        SortedSet<String> names = new TreeSet<>();
        for (Row row : statements.readSerially("read " + WHAT, SELECT)) {
            names.add(row.getString("namespace"));
        }
        if (!names.containsAll(floor)) {
            SortedSet<String> gone = new TreeSet<>(floor);
            gone.removeAll(names);
            throw BoundDamage.wentBack(WHAT, "without " + gone, "with them");
        }
        known.addAll(names);
        return names;
    }

    /** Tells whether a namespace exists. */
    boolean contains(String namespace) {
        if (known.contains(namespace)) {
            return true;
        }
        if (statements.readSerially("read " + WHAT, SELECT_ONE, namespace).isEmpty()) {
            return false;
        }
        known.add(namespace);
        return true;
    }

    /** Lets a namespace exist. */
    void add(String namespace) {
        ConditionalAnswer answer = statements.change("add to " + WHAT, INSERT, namespace);
        if (!contains(namespace)) {
            throw BoundDamage.notTaken(
                    WHAT, "without '" + namespace + "'", answer.isApplied() ? "one with it" : "somebody else");
        }
    }
}
