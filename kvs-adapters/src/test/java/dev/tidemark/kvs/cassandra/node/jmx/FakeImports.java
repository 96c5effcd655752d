package dev.tidemark.kvs.cassandra.node.jmx;

import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The operations of a table of a {@link FakeCassandra} that import SSTables. */
final class FakeImports {
    private static final int COPY_DATA = 7;

    private final FakeCassandra node;
    private final FakeTable table;

    FakeImports(FakeCassandra node, FakeTable table) {
        this.node = node;
        this.table = table;
    }

    void addTo(FakeBean bean, Version version) {
        bean.operation("importNewSSTables", this::run, types(6));
        if (version.compareTo(Version.V4_1) >= 0) {
            bean.operation("importNewSSTables", this::run, types(7));
        }
        if (version.compareTo(Version.V5_0) >= 0) {
            bean.operation("importNewSSTables", this::run, types(9));
        }
    }

    private Object run(Object[] arguments) throws Exception {
        boolean wasKept =
                node.begin("importNewSSTables", Arrays.toString(Arrays.copyOfRange(arguments, 1, arguments.length)));
        boolean isCopied = arguments.length > COPY_DATA && (boolean) arguments[COPY_DATA];
        List<String> failed = new ArrayList<>();
        try {
            for (Object directory : (Set<?>) arguments[0]) {
                try {
                    table.importFrom(Path.of((String) directory), isCopied);
                } catch (IOException e) {
                    failed.add((String) directory);
                }
            }
        } finally {
            node.end(wasKept);
        }
        return failed;
    }

    private static Class<?>[] types(int flags) {
        Class<?>[] types = new Class<?>[flags + 1];
        Arrays.fill(types, boolean.class);
        types[0] = Set.class;
        return types;
    }
}
