package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A release of Cassandra as Maven has resolved it, and the command line that runs a node of it. */
final class ServerRuntime {
    /** The system property with the directory that has a directory for each release. */
    private static final String DIRECTORY_PROPERTY = "cassandra.runtimes";

    /** The system property with the heap of a node, as {@code -Xmx} takes it. */
    private static final String HEAP_PROPERTY = "cassandra.heap";

    private static final String DEFAULT_HEAP = "256m";
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Path options;
    private final String classPath;
    private final ClassArchive archive;

    private ServerRuntime(Path options, String classPath, ClassArchive archive) {
        this.options = options;
        this.classPath = classPath;
        this.archive = archive;
    }

    /**
     * Finds a release.
     *
     * @throws IllegalStateException if Maven hasn't resolved it
     */
    static ServerRuntime of(CassandraVersion version) throws IOException {
        Path directory = Path.of(System.getProperty(DIRECTORY_PROPERTY, "../kvs-adapters/src/test/cassandra"))
                .toAbsolutePath()
                .normalize()
                .resolve(version.label());
        Path target = directory.resolve("target");
        Path resolved = target.resolve("classpath.txt");
        if (!Files.exists(resolved)) {
            throw new IllegalStateException("class path of Cassandra " + version.label() + ": no file " + resolved
                    + " (expected: written by Maven, which builds what a module needs with -am)");
        }
        String classPath = packed(target.resolve("watched-server.jar"))
                + File.pathSeparator
                + Files.readString(resolved).strip();
        return new ServerRuntime(directory.resolve("jvm.args"), classPath, ClassArchive.of(classPath, target));
    }

    ClassArchive archive() {
        return archive;
    }

    /** Returns the command line of a node. */
    List<String> command(NodePlan node) {
        return List.of(
                JAVA,
                "@" + options,
                "-Xms64m",
                "-Xmx" + System.getProperty(HEAP_PROPERTY, DEFAULT_HEAP),
                "-XX:MaxDirectMemorySize=128m",
                archive.option(),
                "-Dcassandra.config=" + node.configuration().toUri(),
                "-Dcassandra.storagedir=" + node.stored(),
                "-Dcassandra.triggers_dir=" + node.directory(),
                "-Dcassandra.logdir=" + node.directory(),
                "-Dlogback.configurationFile=" + node.logConfiguration(),
                "-Dcassandra.jmx.local.port=" + node.jmxPort(),
                "-Dcassandra-foreground=yes",
                "-cp",
                classPath,
                WatchedServer.class.getName(),
                "org.apache.cassandra.service.CassandraDaemon");
    }

    /** Puts the one class of ours in a jar: an archive of classes needs a class path without directories. */
    private static Path packed(Path jar) throws IOException {
        if (Files.exists(jar)) {
            return jar;
        }
        String entry = WatchedServer.class.getName().replace('.', '/') + ".class";
        Path part = Files.createTempFile(jar.getParent(), "watched-server", ".part");
        try (InputStream content = WatchedServer.class.getClassLoader().getResourceAsStream(entry);
                OutputStream file = Files.newOutputStream(part);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry(entry));
            content.transferTo(out);
            out.closeEntry();
        }
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
        return jar;
    }
}
