package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.operation.StepContext;

/** Adds up how far the nodes of a step have got. Thread-safe; what it tells never goes down. */
public final class SummedProgress {
    private final StepContext<?> context;
    private final long totalBytes;
    private long bytes;
    private long files;

    /** Creates the sum, of nothing yet. */
    public SummedProgress(StepContext<?> context, long totalBytes) {
        this.context = context;
        this.totalBytes = totalBytes;
    }

    /**
     * Returns the share of one node.
     *
     * @param store name of the store
     * @param node id of the node
     */
    public Share share(String store, String node) {
        return new Share(store + "/" + node);
    }

    private synchronized void add(long addedBytes, long addedFiles, boolean isToBeTold) {
        bytes += addedBytes;
        files += addedFiles;
        if (isToBeTold) {
            context.progress(bytes, totalBytes, files);
        }
    }

    /** What one node has added. */
    public final class Share {
        private final String node;
        private long shareBytes;
        private long shareFiles;

        private Share(String node) {
            this.node = node;
        }

        /**
         * Tells how far the node has got in all, after making sure that no other process has taken over the operation. Less than
         * before counts as much as before.
         */
        public void reached(long reachedBytes, long reachedFiles) {
            context.ensureHeld();
            count(reachedBytes, reachedFiles, true);
        }

        /** Counts what the node has in the end, for the next node that tells something. */
        public void ended(long endBytes, long endFiles) {
            count(endBytes, endFiles, false);
        }

        private synchronized void count(long reachedBytes, long reachedFiles, boolean isToBeTold) {
            long addedBytes = Math.max(0, reachedBytes - shareBytes);
            long addedFiles = Math.max(0, reachedFiles - shareFiles);
            shareBytes += addedBytes;
            shareFiles += addedFiles;
            context.nodeProgress(node, shareBytes, shareFiles);
            add(addedBytes, addedFiles, isToBeTold);
        }
    }
}
