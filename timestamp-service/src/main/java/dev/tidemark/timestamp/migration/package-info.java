/**
 * Taking a sequence of timestamps over from AtlasDB. A {@link dev.tidemark.timestamp.migration.ForeignBound} is the row in which
 * AtlasDB keeps the upper limit of what it has issued; to <em>invalidate</em> it is to change that row, for good, so that AtlasDB
 * does not find its limit any more and issues nothing, as AtlasDB's own migrations do.
 *
 * <p>Invariant: at no time can both sides issue, and ours issues nothing at or below the limit that was found when the row was
 * invalidated.
 */
package dev.tidemark.timestamp.migration;
