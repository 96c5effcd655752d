package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keys and certificates for TLS, made with the JDK's own tool. */
public final class TestCertificates {
    /** Of every key store. */
    public static final String PASSWORD = "for-tests-only";

    private final Path directory;

    /** Makes files in a directory. */
    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** Makes a key with a certificate for the loopback address, and returns its key store. */
    public Path keyStore(String name) throws IOException, InterruptedException {
        Path file = directory.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "2",
                "-keystore",
                file.toString());
        return file;
    }

    /** Returns a trust store with the certificate of a key store of {@link #keyStore}. */
    public Path trustIn(String name) throws IOException, InterruptedException {
        Path certificate = directory.resolve(name + ".cer");
        Path file = directory.resolve("trusts-" + name + ".p12");
        keytool(
                "-exportcert",
                "-alias",
                name,
                "-file",
                certificate.toString(),
                "-keystore",
                directory.resolve(name + ".p12").toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                name,
                "-file",
                certificate.toString(),
                "-keystore",
                file.toString());
        return file;
    }

    /** Returns a PEM file with the certificate of a key store of {@link #keyStore}. */
    public Path pem(String name) throws IOException, InterruptedException {
        Path file = directory.resolve(name + ".pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-file",
                file.toString(),
                "-keystore",
                directory.resolve(name + ".p12").toString());
        return file;
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(1, List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.txt").toFile())
                .start();
        assertThat(process.waitFor()).as("keytool").isZero();
    }
}
