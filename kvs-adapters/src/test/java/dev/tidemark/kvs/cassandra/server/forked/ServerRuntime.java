package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.cluster.NodeOptions;
import dev.tidemark.kvs.cassandra.server.cluster.NodePlan;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A release of Cassandra as Maven has resolved it, and the command line that runs a node of it. */
final class ServerRuntime {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final String OLD_METER = "jamm-0.3.2";

    private final CassandraVersion version;
    private final String classPath;
    private final ClassArchive archive;

    private ServerRuntime(CassandraVersion version, String classPath, ClassArchive archive) {
        this.version = version;
        this.classPath = classPath;
        this.archive = archive;
    }

    /**
     * Finds a release.
     *
     * @throws IllegalStateException if Maven hasn't resolved it
     */
    static ServerRuntime of(CassandraVersion version) throws IOException {
        Path target = NodeOptions.directory(version).resolve("target");
        Path resolved = target.resolve("classpath.txt");
        if (!Files.exists(resolved)) {
            throw new IllegalStateException("class path of Cassandra " + version.label() + ": no file " + resolved
                    + " (expected: written by Maven, which builds what a module needs with -am)");
        }
        String classPath = packed(target.resolve("watched-server.jar"))
                + File.pathSeparator
                + Files.readString(resolved).strip();
        return new ServerRuntime(version, classPath, ClassArchive.of(classPath, target));
    }

    ClassArchive archive() {
        return archive;
    }

    /** Returns the command line of a node. */
    List<String> command(NodePlan node) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(NodeOptions.of(version, node));
        meter().ifPresent(jar -> command.add("-javaagent:" + jar));
        command.addAll(List.of(
                archive.option(),
                "-Dcassandra.jmx.local.port=" + node.jmxPort(),
                "-cp",
                classPath,
                WatchedServer.class.getName(),
                "org.apache.cassandra.service.CassandraDaemon"));
        return command;
    }

    /** Returns what measures objects, where it has to be an agent: on a JDK 17 that of 4.1 can't see into lambdas otherwise. */
    private Optional<String> meter() {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .filter(jar -> Path.of(jar).getFileName().toString().startsWith(OLD_METER))
                .findFirst();
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
