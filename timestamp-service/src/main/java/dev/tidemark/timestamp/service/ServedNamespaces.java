package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.NamespaceName;
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
    private final AllowedNames allowed;

    ServedNamespaces(OracleHost host, NamespaceCreation creation, AllowedNames allowed) {
        this.host = host;
        this.creation = creation;
        this.allowed = allowed;
    }

    /** Returns the oracle for a path that begins with the namespace; there, a name that can't be is a path that is not. */
    TimestampOracle atPath(String name) {
        checkNameAtPath(name);
        return named(name);
    }

    /** Refuses a path that begins with what can't be the name of a namespace. */
    void checkNameAtPath(String name) {
        if (!NamespaceName.isValid(name)) {
            throw RequestRefusedException.unknownPath(name);
        }
    }

    /** Returns the oracle of a namespace that a request of TimeLock's API names. */
    TimestampOracle named(String name) {
        TimestampOracles oracles = host.oracles();
        boolean mayCreate =
                creation == NamespaceCreation.ON_FIRST_USE && !oracles.isOpen(name) && allowed.contains(name);
        return mayCreate ? oracles.create(name) : oracles.get(name);
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

    /** Creates a namespace if it does not exist and may be created. */
    void create(String name) {
        TimestampOracles oracles = host.oracles();
        if (checkCreation(oracles, name)) {
            oracles.create(name);
        }
    }

    /** Creates a namespace with a fence if it does not exist and may be created. */
    void createFenced(String name, String fenceId) {
        TimestampOracles oracles = host.oracles();
        if (checkCreation(oracles, name)) {
            oracles.createFenced(name, fenceId);
        }
    }

    /** Returns the namespaces that exist. */
    SortedSet<String> names() {
        return host.oracles().namespaces();
    }

    /** Returns the namespaces of the configuration, and those that were used since this server leads. */
    SortedSet<String> activeNames() {
        return host.oracles().activeNamespaces();
    }

    /** Tells whether there is something to create, or refuses to. */
    private boolean checkCreation(TimestampOracles oracles, String name) {
        NamespaceName.check(name);
        if (oracles.namespaces().contains(name)) {
            return false;
        }
        if (creation == NamespaceCreation.NEVER) {
            throw refused(name, "'createNamespaces' is 'never'", "Add it to 'namespaces'");
        }
        if (!allowed.contains(name)) {
            throw refused(name, "it is not among 'allowedNamespaces'", "Correct the name, or add it to them");
        }
        return true;
    }

    private static TimestampException refused(String name, String reason, String hint) {
        return new TimestampException(
                ErrorCode.NOT_ALLOWED_NOW,
                "cannot create namespace '" + name + "': " + reason,
                hint + " in the configuration of the timestamp service, and start it again.");
    }
}
