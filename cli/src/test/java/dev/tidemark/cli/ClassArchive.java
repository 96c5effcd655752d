package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The classes that commands load, prepared once in a file that a virtual machine maps when it starts: a third less time for each
 * of hundreds of processes. The machine takes classes from jars alone, so directories of the class path are packed.
 */
final class ClassArchive {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final String classPath;
    private final Path archive;

    private ClassArchive(String classPath, Path archive) {
        this.classPath = classPath;
        this.archive = archive;
    }

    /**
     * Creates the archive from what a run of commands loads.
     *
     * @param directory for the files of the archive
     * @param site an installation with a backup, on which the commands run
     */
    static ClassArchive create(Path directory, Installation site) throws IOException, InterruptedException {
        ClassArchive classes = new ClassArchive(packed(directory), directory.resolve("classes.jsa"));
        List<String> line = classes.java("-XX:ArchiveClassesAtExit=" + classes.archive, ClassArchive.class);
        line.add(site.directory().toString());
        Path output = directory.resolve("output.txt");
        int exitCode = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(exitCode).as(Files.readString(output)).isZero();
        return classes;
    }

    /** Runs a backup and a restore. */
    public static void main(String[] arguments) {
        Installation site = new Installation(Path.of(arguments[0]));
        CallObserver observer = new CallObserver((step, call, isDone) -> {});
        Surroundings surroundings = FaultyTidemark.surroundings(site.directory());
        int backup = Tidemark.run(surroundings, observer, "backup", "bank");
        Installation.delete(site.resolve("store"));
        Installation.delete(site.resolve("oracle"));
        int restore = Tidemark.run(surroundings, observer, "restore", "bank");
        System.exit(Math.max(backup, restore));
    }

    /** Returns the beginning of a command line that runs a class with the archive. */
    List<String> command(Class<?> main) {
        return java("-XX:SharedArchiveFile=" + archive, main);
    }

    private List<String> java(String archiveOption, Class<?> main) {
        return new ArrayList<>(List.of(
                JAVA,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off",
                archiveOption,
                "-cp",
                classPath,
                main.getName()));
    }

    /** Returns a class path without directories: each is packed into a file in this one. */
    static String packed(Path directory) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (entry.isEmpty()) { // the working directory, of which no class comes
                continue;
            }
            if (!Files.isDirectory(path)) {
                entries.add(entry);
            } else {
                Path jar = directory.resolve("classes-" + entries.size() + ".jar");
                pack(path, jar);
                entries.add(jar.toString());
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void pack(Path root, Path target) throws IOException {
        try (OutputStream file = Files.newOutputStream(target);
                JarOutputStream jar = new JarOutputStream(file);
                Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
                jar.putNextEntry(new JarEntry(root.relativize(path).toString()));
                Files.copy(path, jar);
                jar.closeEntry();
            }
        }
    }
}
