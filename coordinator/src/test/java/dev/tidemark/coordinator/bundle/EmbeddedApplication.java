package dev.tidemark.coordinator.bundle;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A small application with notes in a RocksDB store and an oracle in its own process. */
final class EmbeddedApplication extends Application<EmbeddedApplication.Notes> implements EmbeddedParts, AutoCloseable {
    private static final TableName TABLE = TableName.of("notes");
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);

    private final Path directory;
    private final EngineSeams seams;
    private final String section;
    private final TimestampOracles oracles;
    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
    private RocksDbStore store;
    private TransactionalStore transactions;

    EmbeddedApplication(Path directory, EngineSeams seams, String section) {
        this.directory = directory;
        this.seams = seams;
        this.section = section;
        oracles = new TimestampOracles(
                FileBoundStore.open(directory.resolve("oracle")), OracleSettings.defaults(), MonotonicClock.system());
        oracles.create("notes");
        reopen("notes");
    }

    @Override
    public void initialize(Bootstrap<Notes> bootstrap) {
        bootstrap.addBundle(new BackupBundle<Notes>(directory, seams, variable -> null) {
            @Override
            protected BackupSection section(Notes configuration) {
                return configuration.backup;
            }

            @Override
            protected EmbeddedParts parts(Notes configuration) {
                return EmbeddedApplication.this;
            }
        });
    }

    @Override
    public void run(Notes configuration, Environment environment) {
        // All that matters here is the bundle.
    }

    Notes configuration(InetSocketAddress address) throws IOException {
        YAMLMapper mapper = new YAMLMapper();
        ConfigurationReader.teach(mapper, directory);
        Notes notes = new Notes(mapper.readValue(section, BackupSection.class));
        notes.setServerFactory(WebServer.embedded(address));
        notes.setLoggingFactory(new ExternalLoggingFactory());
        return notes;
    }

    synchronized void put(String note, String text) {
        transactions.execute(transaction -> {
            transaction.put(TABLE, cell(note), Bytes.utf8(text));
            return null;
        });
    }

    /** Returns a note, or null. */
    synchronized String get(String note) {
        return transactions.execute(transaction ->
                transaction.get(TABLE, cell(note)).map(Bytes::toUtf8).orElse(null));
    }

    private static Cell cell(String note) {
        return Cell.of(Bytes.utf8(note), Bytes.utf8("text"));
    }

    @Override
    public TimestampClient oracle() {
        return new InProcessTimestampClient(oracles);
    }

    @Override
    public synchronized void release(String namespace) {
        if (store != null) {
            transactions.close();
            store.close();
            store = null;
        }
    }

    @Override
    public synchronized void reopen(String namespace) {
        if (store == null) {
            store = RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), SCHEMAS));
            transactions = new TransactionalStore(
                    store.cells(),
                    SCHEMAS,
                    new InProcessTimestampClient(oracles).namespace("notes"),
                    TransactionSeams.system(tasks),
                    TransactionOptions.defaults());
            transactions.createTable(TABLE);
        }
    }

    @Override
    public void close() {
        release("notes");
        tasks.close();
        oracles.close();
    }

    /** Its configuration. */
    static final class Notes extends Configuration {
        private final BackupSection backup;

        Notes(BackupSection backup) {
            this.backup = backup;
        }
    }
}
