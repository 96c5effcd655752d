package dev.tidemark.coordinator.agent.task;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.kvs.ErrorCode;

/** The archive as an agent reaches it: with a key of its own. Thread-safe. */
public interface AgentArchive {
    /**
     * Returns a namespace of the archive, which is opened when it is first needed.
     *
     * @param archiveId the archive that the coordinator means
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_MISMATCH} when the agent's is another one, and what opening an archive
     *     throws
     */
    NamespaceArchive namespace(String archiveId, String namespace);

    /** Returns the id of the archive when it was opened, else the empty string. Opens nothing. */
    String openId();
}
