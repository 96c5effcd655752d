package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Translates the exceptions of RocksDB. */
final class RocksDbErrors {
    private RocksDbErrors() {}

    static KeyValueStoreException translate(String action, StoreDirectory directory, RocksDBException cause) {
        String message = "cannot " + action + " store '" + directory + "': " + cause.getMessage();
        Status status = cause.getStatus();
        if (FileErrors.saysDiskFull(cause.getMessage())
                || (status != null && status.getSubCode() == Status.SubCode.NoSpace)) {
            return FileErrors.diskFull(message, cause);
        }
        if (isDamage(status)) {
            return new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED, message, "Restore the store from a backup.", cause);
        }
        Optional<String> hint = FileErrors.hint(cause.getMessage());
        if (hint.isPresent()) {
            return new KeyValueStoreException(ErrorCode.STORE_UNAVAILABLE, message, hint.get(), cause);
        }
        if (cause.getMessage() != null && cause.getMessage().contains("/LOCK")) {
            return new KeyValueStoreException(
                    ErrorCode.STORE_IN_USE,
                    message,
                    "Stop the process that has '" + directory.data() + "' open.",
                    cause);
        }
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE, message, "Check the disk of the store's directory.", cause);
    }

    private static boolean isDamage(Status status) {
        return status != null
                && (status.getCode() == Status.Code.Corruption || status.getCode() == Status.Code.InvalidArgument);
    }
}
