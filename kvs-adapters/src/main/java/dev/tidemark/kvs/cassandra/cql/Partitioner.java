package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;

/** How a cluster turns partition keys into tokens, and the order of the ring that results. */
enum Partitioner {
    /** Tokens are the keys themselves: the ring is in the order of the keys. What AtlasDB wants. */
    ORDERED(null, null),
    MURMUR3(BigInteger.valueOf(Long.MIN_VALUE), BigInteger.valueOf(Long.MAX_VALUE)),
    RANDOM(BigInteger.ONE.negate(), BigInteger.TWO.pow(127));

    private final BigInteger first;
    private final BigInteger last;

    Partitioner(BigInteger first, BigInteger last) {
        this.first = first;
        this.last = last;
    }

    /**
     * Returns the partitioner by the name of its class. AtlasDB's own two are ordered as well.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} for one that is not known
     */
    static Partitioner of(String className) {
        return switch (className.substring(className.lastIndexOf('.') + 1)) {
            case "ByteOrderedPartitioner", "AtlasDbOrderedPartitioner", "AtlasDbPartitioner" -> ORDERED;
            case "Murmur3Partitioner" -> MURMUR3;
            case "RandomPartitioner" -> RANDOM;
            default ->
                throw new KeyValueStoreException(
                        ErrorCode.STORE_UNSUPPORTED,
                        "the cluster's partitioner is '" + className
                                + "' (expected: an ordered one, Murmur3Partitioner or RandomPartitioner)",
                        "Use a cluster with one of these partitioners.");
        };
    }

    /** Returns the order of tokens, as the cluster writes them, along the ring. */
    Comparator<String> tokenOrder() {
        return this == ORDERED ? Comparator.naturalOrder() : Comparator.comparing(BigInteger::new);
    }

    /**
     * Returns the ends of a part of the ring: the part has the tokens above the first one up to the second.
     *
     * @param slice 0..slices-1
     * @throws IllegalStateException for an ordered ring, which has no equal parts
     */
    List<Object> slice(int slice, int slices) {
        if (this == ORDERED) {
            throw new IllegalStateException("slice " + slice + " of an ordered ring");
        }
        return List.of(token(boundary(slice, slices)), token(boundary(slice + 1, slices)));
    }

    private BigInteger boundary(int number, int slices) {
        return last.subtract(first)
                .multiply(BigInteger.valueOf(number))
                .divide(BigInteger.valueOf(slices))
                .add(first);
    }

    private Object token(BigInteger value) {
        return this == MURMUR3 ? (Object) value.longValueExact() : value;
    }
}
