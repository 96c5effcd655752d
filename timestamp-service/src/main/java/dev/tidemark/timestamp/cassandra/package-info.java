/**
 * Bounds in a keyspace of Apache Cassandra that is there for them alone, one keyspace for each oracle; and AtlasDB's own bound, from which
 * a sequence is taken over.
 *
 * <pre>
 * format           id int                        always 0
 *                  version int                   of these tables: 1
 *                  serial text                   the data center whose replicas agree on changes; empty for those of all
 * namespaces       store int                     always 0: all names are in one partition, and so read at one moment
 *                  namespace text
 * bounds           namespace text                one partition each
 *                  epoch, bound bigint, fence_id text   the state
 *                  writer uuid, change bigint    the store object that has written it, and the number of its change
 * leader           id int                        always 0
 *                  epoch, renewal bigint, holder, address text, lease_millis bigint, is_released boolean
 * time_index_days  namespace text, day int       days since 1970 on which there are points, by their instants
 *                  first_timestamp bigint        of the day
 * time_index       namespace text, day int       one partition each
 *                  timestamp bigint              of the point
 *                  second bigint, nano int       its instant, since 1970
 * </pre>
 *
 * <p>Invariants: what a decision depends on changes by lightweight transactions alone, which are sent once, and is read by serial reads
 * alone; an answer that does not say what has become of a change is never taken for one; a change counts when it was read again. Nothing
 * has a time to live, and no clock of ours takes part.
 */
package dev.tidemark.timestamp.cassandra;
