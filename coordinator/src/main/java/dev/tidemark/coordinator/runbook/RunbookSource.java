package dev.tidemark.coordinator.runbook;

import dev.tidemark.coordinator.archive.KeySlotList;
import java.util.List;
import java.util.Optional;

/** Tells what runbooks have to know. Thread-safe. */
public interface RunbookSource {
    /** The source that knows nothing: no runbooks are written. */
    RunbookSource NONE = new RunbookSource() {
        @Override
        public Optional<RunbookSite> site(String namespace) {
            return Optional.empty();
        }

        @Override
        public List<KeySlotList.Slot> recipients() {
            return List.of();
        }
    };

    /** Returns what the configuration says of a namespace; empty when no runbook is to be written. Reads no archive. */
    Optional<RunbookSite> site(String namespace);

    /** Returns who can open the archive; reads it. */
    List<KeySlotList.Slot> recipients();
}
