package dev.tidemark.coordinator.service.rest;

import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/** Finds the classes whose paths are below {@code /api/v1}, wherever in the module they are. */
final class ResourceClasses {
    private static final java.nio.file.Path SOURCES = java.nio.file.Path.of("../coordinator/src/main/java");

    private ResourceClasses() {}

    /** Returns them, ordered by name. */
    static List<Class<?>> find() {
        try (Stream<java.nio.file.Path> files = Files.walk(SOURCES)) {
            return files.filter(file ->
                            file.toString().endsWith(".java") && read(file).contains("\n@Path("))
                    .sorted()
                    .<Class<?>>map(ResourceClasses::load)
                    .filter(type -> type.isAnnotationPresent(Path.class)
                            && type.getAnnotation(Path.class).value().startsWith(RestPaths.ROOT))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(java.nio.file.Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> load(java.nio.file.Path file) {
        String name = SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
