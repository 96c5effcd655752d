package dev.tidemark.kvs.cassandra.server;

import java.math.BigInteger;

/** How a cluster places partitions on its ring, and which tokens divide that ring evenly. */
public enum Partitioner {
    /** Partitions in the order of a hash: the default of Cassandra. */
    MURMUR3("org.apache.cassandra.dht.Murmur3Partitioner") {
        @Override
        public String token(int index, int count) {
            return share(BigInteger.ONE.shiftLeft(64), index, count)
                    .subtract(BigInteger.ONE.shiftLeft(63))
                    .toString();
        }
    },

    /** Partitions in the order of their keys: what AtlasDB asks for. */
    BYTE_ORDERED("org.apache.cassandra.dht.ByteOrderedPartitioner") {
        @Override
        public String token(int index, int count) {
            return String.format("%04x", share(BigInteger.ONE.shiftLeft(16), index, count));
        }
    };

    private final String className;

    Partitioner(String className) {
        this.className = className;
    }

    /** Returns the name of the class in Cassandra. */
    public String className() {
        return className;
    }

    /**
     * Returns a token, as {@code initial_token} takes it, of a set that divides the ring evenly.
     *
     * @param index which one, from 0
     * @param count how many the set has
     */
    public abstract String token(int index, int count);

    /** Returns the middle of a slice, so that the least token, which stands for the end of the ring, is never one. */
    private static BigInteger share(BigInteger ring, int index, int count) {
        return ring.multiply(BigInteger.valueOf(2L * index + 1)).divide(BigInteger.valueOf(2L * count));
    }
}
