package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.QueryNumbers;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

/** TimeLock's legacy paths for timestamps. */
@Path("/{namespace: [a-zA-Z0-9_-]+}/timestamp")
@Produces(MediaType.APPLICATION_JSON)
@Needs({Right.CLIENT, Right.BACKUP})
public final class TimestampResource {
    private final ServedNamespaces namespaces;

    TimestampResource(ServedNamespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Returns a fresh timestamp. */
    @POST
    @Path("/fresh-timestamp")
    public long freshTimestamp(@PathParam("namespace") String namespace) {
        return namespaces.atPath(namespace).freshTimestamp();
    }

    /** Returns several fresh timestamps. */
    @POST
    @Path("/fresh-timestamps")
    public LegacyRange freshTimestamps(@PathParam("namespace") String namespace, @QueryParam("number") String number) {
        int count = QueryNumbers.parseInt("number", number);
        return LegacyRange.of(namespaces.atPath(namespace).freshTimestamps(count));
    }

    /** A range of timestamps as the legacy paths write it, both ends inclusive. */
    record LegacyRange(long lowerBound, long upperBound) {
        static LegacyRange of(TimestampRange range) {
            return new LegacyRange(range.lower(), range.upper());
        }
    }
}
