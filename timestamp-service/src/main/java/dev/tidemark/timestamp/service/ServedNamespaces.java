package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.web.RequestRefusedException;
import java.util.Optional;
import java.util.SortedSet;

/** Finds the oracle that a path names, and creates it when the configuration says so. */
final class ServedNamespaces {
    private final OracleHost host;
    private final NamespaceCreation creation;

    ServedNamespaces(OracleHost host, NamespaceCreation creation) {
        this.host = host;
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
        return creation == NamespaceCreation.ON_FIRST_USE
                ? createIfAbsent(name)
                : host.oracles().get(name);
    }

    /** Returns the oracle of a namespace that exists. */
    TimestampOracle existing(String name) {
        return host.oracles().get(name);
    }

    /** Returns the oracle of a namespace that this process has in use; empty when it does not lead. */
    Optional<TimestampOracle> opened(String name) {
        try {
            return host.oracles().opened(name);
        } catch (TimestampException e) {
            return Optional.empty(); // another server leads, or none; the resources say which
        }
    }

    /** Creates a namespace if it does not exist. */
    void create(String name) {
        host.oracles().create(name);
    }

    /** Creates a namespace with a fence if it does not exist. */
    void createFenced(String name, String fenceId) {
        host.oracles().createFenced(name, fenceId);
    }

    SortedSet<String> names() {
        return host.oracles().namespaces();
    }

    private NamespaceOracle createIfAbsent(String name) {
        TimestampOracles oracles = host.oracles();
        return oracles.isOpen(name) ? oracles.get(name) : oracles.create(name);
    }
}
