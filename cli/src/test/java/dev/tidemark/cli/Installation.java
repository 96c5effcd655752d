package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A directory with the configuration of namespace {@code bank}, its oracle, its store and an archive. */
record Installation(Path directory) {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final int CELLS_OF_A_TRANSACTION = 100;

    /** Creates one with two backups, each of which has something that the other does not need. */
    static Installation withTwoBackups(Path directory) {
        CommandRun.configure(directory);
        Installation installation = new Installation(directory);
        installation.write(1);
        installation.succeed("archive init");
        installation.succeed("backup bank");
        installation.write(2);
        installation.succeed("backup bank");
        return installation;
    }

    /** Copies everything into another directory. */
    Installation copyTo(Path target) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                if (!path.equals(directory)) {
                    Files.copy(
                            path,
                            target.resolve(directory.relativize(path)),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
            }
            return new Installation(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path resolve(String path) {
        return directory.resolve(path);
    }

    /** Writes 100 cells of random content, the same in each run. */
    void write(long seed) {
        write(seed, 100, 500);
    }

    /** Writes cells of random content, the same in each run, a few megabytes in each transaction. */
    void write(long seed, long cells, int cellBytes) {
        Random random = new Random(seed);
        try (TimestampOracles oracles = oracles();
                RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(resolve("store"), SCHEMAS));
                ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        SCHEMAS,
                        oracles.create("bank"),
                        TransactionSeams.system(tasks),
                        TransactionOptions.defaults())) {
            TableName table = TableName.of("t");
            transactions.createTable(table);
            for (long first = 0; first < cells; first += CELLS_OF_A_TRANSACTION) {
                long begin = first;
                transactions.execute(transaction -> {
                    for (long row = begin; row < Math.min(cells, begin + CELLS_OF_A_TRANSACTION); row++) {
                        byte[] value = new byte[cellBytes];
                        random.nextBytes(value);
                        transaction.put(table, Cell.of(Bytes.ofLong(row), Bytes.utf8("c")), Bytes.wrap(value));
                    }
                    return null;
                });
            }
        }
    }

    /** Opens the oracle as its own process would. */
    TimestampOracles oracles() {
        return new TimestampOracles(
                FileBoundStore.open(resolve("oracle")), OracleSettings.defaults(), MonotonicClock.system());
    }

    /** Returns the ids of the backups, the oldest first; read from the archive's directory. */
    List<String> backups() {
        try (Stream<Path> manifests = Files.list(resolve("archive/ns/bank/manifests"))) {
            return manifests
                    .sorted(Comparator.comparingLong(Installation::sequence))
                    .map(path -> path.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two backups of the same second have ids in any order. */
    private static long sequence(Path manifest) {
        try {
            String signed = Files.readString(manifest);
            return new ObjectMapper()
                    .readTree(signed.substring(signed.indexOf('\n') + 1))
                    .get("sequence")
                    .asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the files below a directory of the archive, ordered. */
    List<Path> objects(String prefix) {
        try (Stream<Path> paths = Files.walk(resolve("archive"))) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> key(path).startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the key of the object that a file of the archive is. */
    String key(Path object) {
        return resolve("archive").relativize(object).toString();
    }

    void loseStore() {
        delete(resolve("store"));
    }

    static void delete(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Inventory inventory() {
        return Inventory.of(directory);
    }

    CommandRun run(String line) {
        return CommandRun.in(directory, line.strip().split(" +"));
    }

    JsonNode succeed(String line) {
        CommandRun run = run(line + " --json");
        assertThat(run.exitCode()).as(line + ": " + run.out() + run.err()).isZero();
        return run.json();
    }

    /**
     * Asserts that a command is refused in the documented way, as text and as JSON, and that nothing at all has changed:
     * neither configuration, oracle, store nor archive.
     *
     * @param parts what the message must name
     */
    void assertRefused(String line, ErrorCode code, String... parts) {
        Inventory before = inventory();
        assertReported(line, code, parts);
        assertThat(inventory()).as("after '%s'", line).isEqualTo(before);
    }

    /** As {@link #assertRefused}, for what may change something. */
    void assertReported(String line, ErrorCode code, String... parts) {
        CommandRun text = run(line);
        String message = text.err()
                .lines()
                .filter(output -> output.startsWith("ERROR: "))
                .findFirst()
                .orElse(line + " wrote: " + text.out() + text.err())
                .replaceFirst("ERROR: ", "");
        assertThat(text.exitCode()).as("%s: %s", line, message).isEqualTo(code.exitCode());
        assertThat(text.out()).as(line).isEmpty();
        assertThat(text.err()).as(line).containsPattern("(?m)^ERROR: \\S.*\nHINT: [A-Z].*$");
        assertThat(text.err()).as(line).doesNotContain("\tat ", "Exception", "null");
        Arrays.stream(parts).forEach(part -> assertThat(message).as(line).contains(part));
        CommandRun json = run(line + " --json");
        assertThat(json.exitCode()).as(line + json.out()).isEqualTo(code.exitCode());
        assertThat(json.err()).as(line).isEmpty();
        JsonNode error = json.json().get("error");
        assertThat(json.json().size()).as(line).isEqualTo(1);
        assertThat(error.get("code").asText()).as(line).isEqualTo(code.name());
        assertThat(error.get("exitCode").asInt()).as(line).isEqualTo(code.exitCode());
        assertThat(error.get("retryable").asBoolean()).as(line).isEqualTo(code.isRetryable());
        assertThat(error.get("hint").asText()).as(line).isNotBlank();
        Arrays.stream(parts)
                .forEach(part ->
                        assertThat(error.get("message").asText()).as(line).contains(part));
    }
}
