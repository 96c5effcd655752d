package dev.tidemark.coordinator.archive.s3.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The programs that can be started; docs/contributing.rst says what each is good for. */
public enum S3Software {
    /** Checks signatures and checksums, creates atomically, keeps objects as files. No versions, no locks. */
    S3PROXY("s3proxy") {
        @Override
        List<String> command(int port, Path directory) throws IOException {
            Path data = Files.createDirectories(directory.resolve("data"));
            Path configuration = directory.resolve("s3proxy.conf");
            Files.writeString(
                    configuration,
                    String.join(
                            "\n",
                            "s3proxy.authorization=aws-v2-or-v4",
                            "s3proxy.endpoint=http://127.0.0.1:" + port,
                            "s3proxy.identity=" + S3Server.ACCESS_KEY,
                            "s3proxy.credential=" + S3Server.SECRET_KEY,
                            "s3proxy.ignore-unknown-headers=true",
                            "s3proxy.jetty.max-threads=64",
                            "jclouds.provider=filesystem-nio2",
                            "jclouds.filesystem.basedir=" + data,
                            ""));
            return List.of("org.gaul.s3proxy.Main", "--properties", configuration.toString());
        }
    },

    /** Keeps checksums and versions. Accepts every signature, and of a race all. */
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

    /** Returns the main class and its arguments. */
    abstract List<String> command(int port, Path directory) throws IOException;
}
