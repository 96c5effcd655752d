package dev.tidemark.kvs;

import java.util.Iterator;

/**
 * An iterator over something that holds resources until it is closed. Not thread-safe. Closing twice does nothing.
 * After an exception it can only be closed.
 */
public interface CloseableIterator<T> extends Iterator<T>, AutoCloseable {
    /** Frees what the iterator holds; never throws. */
    @Override
    void close();
}
