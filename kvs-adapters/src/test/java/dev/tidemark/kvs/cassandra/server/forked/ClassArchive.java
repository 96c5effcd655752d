package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.ring.Jmx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;

/**
 * The classes that a node loads, in a file that the virtual machine maps when it starts: a quarter less work for each start. It
 * is taken from the first node that runs without, and kept beside the class path that it belongs to. A virtual machine that finds it
 * unfit starts without it.
 */
final class ClassArchive {
    private final Path file;

    private ClassArchive(Path file) {
        this.file = file;
    }

    /** Returns the archive of a class path for the virtual machine that runs this, written or not. */
    static ClassArchive of(String classPath, Path directory) {
        String key = classPath + '\n' + System.getProperty("java.vm.version");
        UUID name = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
        return new ClassArchive(directory.resolve("classes-" + name + ".jsa"));
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** Returns what a node has to be started with, be it to use the archive or so that one can be taken of it. */
    String option() {
        return exists() ? "-XX:SharedArchiveFile=" + file : "-XX:+RecordDynamicDumpInfo";
    }

    /** Writes what a node that serves has loaded. It stands still for some seconds meanwhile. */
    void take(CassandraServer node) throws IOException {
        Path part = file.resolveSibling(
                file.getFileName() + "-" + ProcessHandle.current().pid());
        try (JMXConnector connector = Jmx.connect(node)) {
            connector
                    .getMBeanServerConnection()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"dynamic_dump", part.toString()}},
                            new String[] {String[].class.getName()});
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (JMException | IOException e) {
            System.err.printf("%s: no archive of its classes, nodes start more slowly: %s%n", node.name(), e);
            Files.deleteIfExists(part);
        }
    }
}
