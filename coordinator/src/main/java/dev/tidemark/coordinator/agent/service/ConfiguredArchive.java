package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.task.AgentArchive;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.kvs.ErrorCode;
import java.util.function.Supplier;

/** The archive of the agent's configuration. Opened once; an attempt that fails is repeated when it is needed again. */
final class ConfiguredArchive implements AgentArchive {
    private final Supplier<Archive> opener;
    private Archive archive;

    ConfiguredArchive(Supplier<Archive> opener) {
        this.opener = opener;
    }

    @Override
    public NamespaceArchive namespace(String archiveId, String namespace) {
        Archive open = open();
        if (!open.id().equals(archiveId)) {
            throw new CoordinatorException(
                    ErrorCode.ARCHIVE_MISMATCH,
                    "the agent's archive at '" + open.store().location() + "' is '" + open.id() + "' (expected: '"
                            + archiveId + "', the coordinator's)",
                    "Configure the same archive for the coordinator and its agents.");
        }
        return open.namespace(namespace);
    }

    @Override
    public String openId() {
        Archive open = openOrNull();
        return open == null ? "" : open.id();
    }

    /** Opens the archive if it is not open. Held across I/O because others would only open it too. */
    synchronized Archive open() {
        if (archive == null) {
            archive = opener.get();
        }
        return archive;
    }

    private synchronized Archive openOrNull() {
        return archive;
    }
}
