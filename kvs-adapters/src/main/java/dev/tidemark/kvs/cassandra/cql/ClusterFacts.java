package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.Version;
import com.datastax.oss.driver.api.core.cql.Row;

/**
 * What a cluster is; does not change while it runs.
 *
 * @param release version of the node that was asked, as it says it
 * @param partitionerClass name of the partitioner's class
 */
record ClusterFacts(String clusterName, String release, String partitionerClass) {
    static final String QUERY = "SELECT cluster_name, release_version, partitioner FROM system.local";

    static ClusterFacts of(Row row) {
        return new ClusterFacts(row.getString(0), row.getString(1), row.getString(2));
    }

    Partitioner partitioner() {
        return Partitioner.of(partitionerClass);
    }

    /** Tells whether the cluster can write down its schema itself. */
    boolean canDescribe() {
        Version version = Version.parse(release);
        return version != null && version.nextStable().compareTo(Version.V4_0_0) >= 0;
    }

    /** Tells whether the schema has the form, and the statements have the limits, that they had before version 3. */
    boolean isBefore3() {
        return isBefore(Version.V3_0_0);
    }

    /** Tells whether nodes are known by their addresses alone, as they were before version 4. */
    boolean isBefore4() {
        return isBefore(Version.V4_0_0);
    }

    private boolean isBefore(Version other) {
        Version version = Version.parse(release);
        return version != null && version.nextStable().compareTo(other) < 0;
    }
}
