package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.node.DataDirectories.TableDirectory;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.Steps;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a running node read SSTables that lie somewhere else, and leaves those as they are.
 *
 * <p>The files of a part are linked into a <em>loading directory</em> among the snapshots of the table that they go into, which is on
 * the right file system and which the node leaves alone, and the node is told to import what is there. A node that can't import gets
 * them moved from there into the directory of the table, under numbers that it does not use, {@code Data.db} last, because an SSTable
 * without it is none.
 *
 * <p>What an agent has asked of the node before it died, or gave up waiting, may still be done. A loading directory that is left tells
 * that this may be so, and without it, the late import finds nothing. {@link #settle} takes all of them away and waits for what is
 * under way, so that nothing appears in a table after that. For use by one thread at a time.
 */
final class Loader {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);
    private static final long GENERATION_GAP = 1_000_000;

    private final String keyspace;
    private final NodeJmx jmx;
    private final DataDirectories data;
    private final LiveTables tables;
    private final NodeState state;
    private final PartLog log;
    private final Steps steps;

    Loader(String keyspace, NodeJmx jmx, DataDirectories data, LiveTables tables, NodeState state, Steps steps) {
        this.keyspace = keyspace;
        this.jmx = jmx;
        this.data = data;
        this.tables = tables;
        this.state = state;
        this.log = new PartLog(state.directory().resolve("loaded-parts"));
        this.steps = steps;
    }

    /** Forgets what was loaded, because the tables are empty. */
    void forget() throws IOException {
        steps.before("forget loaded parts");
        log.clear();
    }

    /** Refuses parts of tables that the keyspace does not have. */
    void requireTables(List<Part> parts) {
        Set<String> missing = new TreeSet<>();
        parts.forEach(part -> missing.add(part.table()));
        missing.removeAll(jmx.tables(keyspace));
        if (!missing.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TABLE,
                    "keyspace '" + keyspace + "' has no tables " + missing + ", of which there are files to load",
                    "Create the schema of the backup first.");
        }
    }

    /**
     * Loads all parts that were not loaded before, durably.
     *
     * @param fence asked before each part; throws when the restore was overtaken
     */
    void load(List<Part> parts, Runnable fence) throws IOException {
        settle();
        state.update("count loads", NodeRecord::withAnotherLoad);
        Set<String> loaded = log.parts();
        Map<String, List<TableDirectory>> places = new HashMap<>();
        long number = 0;
        for (Part part : parts) {
            if (part.sstables().isEmpty()) {
                continue;
            }
            if (!places.containsKey(part.table())) {
                places.put(
                        part.table(),
                        tables.directories(
                                part.table(), Tags.loading(state.current().loads(), number++)));
            }
            if (!loaded.contains(part.name())) {
                fence.run();
                load(part, places.get(part.table()), number++);
                steps.before("remember part");
                log.add(part.name());
            }
        }
        steps.before("sync tables");
        for (List<TableDirectory> directories : places.values()) {
            for (TableDirectory directory : directories) {
                DurableFiles.syncDirectory(directory.path());
            }
        }
    }

    private void load(Part part, List<TableDirectory> places, long number) throws IOException {
        TableDirectory place = near(part.directory(), places);
        long load = state.current().loads();
        boolean canImport = jmx.canImport(keyspace, part.table());
        Path loading = place.snapshot(canImport ? Tags.loading(load, number) : Tags.placing(load, number));
        steps.before("link files");
        Files.createDirectories(loading);
        int count = canImport ? link(part, loading) : linkRenamed(part, loading, places);
        if (canImport) {
            steps.before("import");
            jmx.importSSTables(keyspace, part.table(), loading);
        } else {
            place(loading, place.path());
            steps.before("load new SSTables");
            requireAll(part, count, jmx.loadNewSSTables(keyspace, part.table()));
        }
        steps.before("remove links");
        DurableFiles.deleteTree(loading);
        LOG.info("loaded {} SSTables of {} into table {}.{}", count, part.name(), keyspace, part.table());
    }

    /** Returns the directory that the files are in already, else one on their disk, else that with the most space. */
    private static TableDirectory near(Path files, List<TableDirectory> places) throws IOException {
        FileStore disk = Files.getFileStore(files);
        TableDirectory best = null;
        long mostSpace = -1;
        for (TableDirectory place : places) {
            FileStore own = Files.getFileStore(place.path());
            if (files.startsWith(place.path())) {
                return place;
            }
            long space = own.equals(disk) ? Long.MAX_VALUE : own.getUsableSpace();
            if (space > mostSpace) {
                best = place;
                mostSpace = space;
            }
        }
        return best;
    }

    private int link(Part part, Path loading) throws IOException {
        int count = 0;
        for (Map<String, Path> components : part.sstables().values()) {
            for (Path file : components.values()) {
                Links.give(file, loading.resolve(file.getFileName()));
            }
            count++;
        }
        return count;
    }

    /** Numbers are taken far above those that the node will give next; it renumbers what it loads. */
    private int linkRenamed(Part part, Path loading, List<TableDirectory> places) throws IOException {
        long generation = greatestGeneration(places) + GENERATION_GAP;
        int count = 0;
        for (Map<String, Path> components : part.sstables().values()) {
            generation++;
            count++;
            for (Path file : components.values()) {
                String name = SSTableName.parse(file.getFileName().toString())
                        .orElseThrow()
                        .renamed(keyspace, part.table(), generation);
                Links.give(file, loading.resolve(name));
            }
        }
        return count;
    }

    private static long greatestGeneration(List<TableDirectory> places) throws IOException {
        long greatest = 0;
        for (TableDirectory place : places) {
            for (Path file : Links.filesIn(place.path())) {
                Optional<SSTableName> name =
                        SSTableName.parse(file.getFileName().toString());
                greatest = Math.max(greatest, name.map(SSTableName::generation).orElse(0L));
            }
        }
        return greatest;
    }

    private void place(Path loading, Path table) throws IOException {
        steps.before("place files");
        List<Path> files = Links.filesIn(loading);
        for (boolean isDataTurn : new boolean[] {false, true}) {
            for (Path file : files) {
                if (file.getFileName().toString().endsWith("-" + SSTableName.DATA) == isDataTurn) {
                    DurableFiles.rename(file, table.resolve(file.getFileName()));
                }
            }
            steps.before(isDataTurn ? "sync placed files" : "place data");
        }
        DurableFiles.syncDirectory(table);
    }

    /** A node that can't import skips what it can't read; some tell at least how many they have loaded. */
    private void requireAll(Part part, int expected, OptionalInt loaded) {
        if (loaded.isPresent() && loaded.getAsInt() < expected) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "the node has loaded " + loaded.getAsInt() + " of " + expected + " SSTables of '" + part.name()
                            + "' into table '" + part.table() + "'",
                    "Look into the log of the node for the SSTable, and restore another backup.");
        }
    }

    /**
     * Makes sure that nothing that was asked of the node before happens from here on.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when the node has to be asked and does not answer
     */
    void settle() throws IOException {
        Set<String> disturbed = new TreeSet<>();
        for (TableDirectory table : data.tables()) {
            for (Path entry : DataDirectories.directoriesIn(table.snapshots())) {
                String tag = entry.getFileName().toString();
                if (Tags.isPlacing(tag)) {
                    removeHalves(entry, table.path());
                }
                if (Tags.isLoading(tag)) {
                    DurableFiles.deleteTree(entry);
                    disturbed.add(table.table());
                }
            }
        }
        disturbed.retainAll(disturbed.isEmpty() ? disturbed : jmx.tables(keyspace));
        for (String table : disturbed) {
            waitForLoads(table);
        }
    }

    /** SSTables whose data were not placed are no SSTables, and the node would stumble over them. */
    private static void removeHalves(Path loading, Path table) throws IOException {
        for (Path file : Links.filesIn(loading)) {
            Optional<SSTableName> name = SSTableName.parse(file.getFileName().toString());
            if (name.isPresent() && name.get().component().equals(SSTableName.DATA)) {
                for (Path placed : Links.filesIn(table)) {
                    if (placed.getFileName().toString().startsWith(name.get().sstable() + "-")) {
                        Files.deleteIfExists(placed);
                    }
                }
            }
        }
    }

    /** The node loads into one table one after the other: when a load of nothing is done, so are those before it. */
    private void waitForLoads(String table) throws IOException {
        if (!jmx.canImport(keyspace, table)) {
            jmx.loadNewSSTables(keyspace, table);
            return;
        }
        state.update("count loads", NodeRecord::withAnotherLoad);
        String tag = Tags.loading(state.current().loads(), 0);
        Path nothing = tables.directories(table, tag).get(0).snapshot(tag + "-nothing");
        Files.createDirectories(nothing);
        jmx.importSSTables(keyspace, table, nothing);
        DurableFiles.deleteTree(nothing);
    }
}
