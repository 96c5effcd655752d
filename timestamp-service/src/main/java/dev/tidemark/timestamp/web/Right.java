package dev.tidemark.timestamp.web;

/** What a token, or everybody, may ask of the timestamp service. In YAML in lower case. */
public enum Right {
    /** What transactions need: timestamps, and leases on the immutable timestamp. */
    CLIENT,
    /** What a backup needs: what transactions need, and which commits are settled. */
    BACKUP,
    /** What changes an oracle for all of its clients: fast-forward, fence, creation of namespaces. */
    MANAGEMENT
}
