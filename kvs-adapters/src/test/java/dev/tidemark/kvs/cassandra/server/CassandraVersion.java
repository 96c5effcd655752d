package dev.tidemark.kvs.cassandra.server;

/** The releases of Cassandra that tests run. */
public enum CassandraVersion {
    /** Apache Cassandra 5.0. */
    APACHE_5_0("5.0", Partitioner.MURMUR3),

    /** Apache Cassandra 4.1. */
    APACHE_4_1("4.1", Partitioner.MURMUR3),

    /** Palantir's fork of Cassandra 2.2, which AtlasDB runs on. */
    PALANTIR_2_2("2.2-palantir", Partitioner.BYTE_ORDERED);

    private final String label;
    private final Partitioner partitioner;

    CassandraVersion(String label, Partitioner partitioner) {
        this.label = label;
        this.partitioner = partitioner;
    }

    /** Returns its name in paths. */
    public String label() {
        return label;
    }

    /** Returns the partitioner that clusters of this version have unless they ask for another. */
    public Partitioner defaultPartitioner() {
        return partitioner;
    }
}
