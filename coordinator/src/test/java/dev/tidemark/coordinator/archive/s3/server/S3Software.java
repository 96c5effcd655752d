package dev.tidemark.coordinator.archive.s3.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs that can be started; docs/contributing.rst says what each is good for. */
public enum S3Software {
    /** Checks signatures and checksums, creates atomically, keeps objects as files. No versions, no locks. */
    S3PROXY("s3proxy") {
        @Override
        List<String> command(int port, Path directory) throws IOException {
            Path data = Files.createDirectories(directory.resolve("data"));
            return s3proxy(port, directory, "jclouds.provider=filesystem-nio2", "jclouds.filesystem.basedir=" + data);
        }
    },

    /** As {@link #S3PROXY}, but keeps objects in memory, and versions of them. */
    S3PROXY_WITH_VERSIONS("s3proxy") {
        @Override
        List<String> command(int port, Path directory) throws IOException {
            return s3proxy(port, directory, "jclouds.provider=transient-nio2");
        }
    },

    /**
     * Keeps checksums and versions, with the wrong time for deletions. Accepts every signature, and of several creations of one
     * object more than one.
     */
    S3MOCK("s3mock") {
        @Override
        List<String> command(int port, Path directory) throws IOException {
            Path data = Files.createDirectories(directory.resolve("data"));
            return List.of(
                    "com.adobe.testing.s3mock.S3MockApplication",
                    "--server.port=0",
                    "--com.adobe.testing.s3mock.httpPort=" + port,
                    "--com.adobe.testing.s3mock.store.root=" + data,
                    "--com.adobe.testing.s3mock.store.retainFilesOnExit=true");
        }
    };

    private final String module;

    S3Software(String module) {
        this.module = module;
    }

    /** Returns the class path that Maven has resolved. */
    String classPath() throws IOException {
        String runtimes = System.getProperty("s3.runtimes", "");
        Path resolved = Path.of(runtimes, module, "target", "classpath.txt");
        if (runtimes.isEmpty() || !Files.exists(resolved)) {
            throw new IllegalStateException("class path of " + module + ": no file '" + resolved
                    + "' (expected: written by Maven, which builds what a module needs with -am)");
        }
        return Files.readString(resolved).strip();
    }

    private static List<String> s3proxy(int port, Path directory, String... storage) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.identity=" + S3Server.ACCESS_KEY,
                "s3proxy.credential=" + S3Server.SECRET_KEY,
                "s3proxy.ignore-unknown-headers=true",
                "s3proxy.jetty.max-threads=64"));
        lines.addAll(List.of(storage));
        Path configuration = Files.write(directory.resolve("s3proxy.conf"), lines);
        return List.of("org.gaul.s3proxy.Main", "--properties", configuration.toString());
    }

    /** Returns the main class and its arguments. */
    abstract List<String> command(int port, Path directory) throws IOException;
}
