package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Role;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A caller that shows who it is with the certificate of its TLS connection.
 *
 * @param subject distinguished name of the certificate's subject, as in RFC 2253: {@code CN=nightly,O=Example}
 * @param name of the caller
 * @param role of the caller
 * @param namespaces that the caller is limited to; null for all of them
 */
public record CertificateEntry(String subject, String name, Role role, List<String> namespaces) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when one is missing or not acceptable
     */
    public CertificateEntry {
        Names.requirePresent("subject", subject);
        principal(subject);
        Names.requireCaller(name);
        Names.requirePresent("role", role);
        Names.requireNamespaces(namespaces);
        namespaces = namespaces == null ? null : List.copyOf(namespaces);
    }

    boolean isAbout(X500Principal other) {
        return principal().equals(other);
    }

    X500Principal principal() {
        return principal(subject);
    }

    Caller caller() {
        return new Caller(name, role, Names.set(namespaces));
    }

    private static X500Principal principal(String subject) {
        X500Principal principal;
        try {
            principal = new X500Principal(subject);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'subject' is '" + subject + "' (expected: a name such as CN=nightly,O=Example)", e);
        }
        if (principal.getName().isEmpty()) {
            throw new IllegalArgumentException("'subject' is empty (expected: a name such as CN=nightly,O=Example)");
        }
        return principal;
    }
}
