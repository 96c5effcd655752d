package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.transaction.LeaseToken;
import java.time.Duration;

/**
 * A lease on the immutable timestamp that is alive, as it was at one moment.
 *
 * @param token what its holder has named it
 * @param timestamp what it holds
 * @param age how long ago it was granted
 */
public record LeaseView(LeaseToken token, long timestamp, Duration age) {}
