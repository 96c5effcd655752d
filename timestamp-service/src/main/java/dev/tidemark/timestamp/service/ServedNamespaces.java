package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.web.RequestRefusedException;
import java.util.SortedSet;

/** Finds the oracle that a path names, and creates it when the configuration says so. */
final class ServedNamespaces {
    private final TimestampOracles oracles;
    private final NamespaceCreation creation;

    ServedNamespaces(TimestampOracles oracles, NamespaceCreation creation) {
        this.oracles = oracles;
        this.creation = creation;
    }

    /** Returns the oracle for a path that begins with the namespace; there, a name that can't be is a path that is not. */
    NamespaceOracle atPath(String name) {
        if (!NamespaceName.isValid(name)) {
            throw RequestRefusedException.unknownPath(name);
        }
        return named(name);
    }

    /** Returns the oracle of a namespace that a request of TimeLock's API names. */
    NamespaceOracle named(String name) {
        return creation == NamespaceCreation.ON_FIRST_USE ? createIfAbsent(name) : oracles.get(name);
    }

    /** Returns the oracle of a namespace that exists. */
    TimestampOracle existing(String name) {
        return oracles.get(name);
    }

    /** Creates a namespace if it does not exist. */
    void create(String name) {
        oracles.create(name);
    }

    /** Creates a namespace with a fence if it does not exist. */
    void createFenced(String name, String fenceId) {
        oracles.createFenced(name, fenceId);
    }

    SortedSet<String> names() {
        return oracles.namespaces();
    }

    private NamespaceOracle createIfAbsent(String name) {
        return oracles.isOpen(name) ? oracles.get(name) : oracles.create(name);
    }
}
