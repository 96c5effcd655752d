/**
 * How a client asks for timestamps on behalf of many callers. A <em>call</em> is one caller's wish for one or several timestamps. A
 * <em>batch</em> is what one request fetches for several calls.
 *
 * <p>Invariants: a call gets timestamps of a request that was sent after the call began, so nothing is fetched in advance and what is
 * left over is not kept; each timestamp is given to one call; calls are served in the order of their arrival.
 */
package dev.tidemark.timestamp.batch;
