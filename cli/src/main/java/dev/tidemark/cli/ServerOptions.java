package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.client.ClientSettings;
import dev.tidemark.coordinator.client.ClientTls;
import dev.tidemark.coordinator.config.SecretReader;
import dev.tidemark.kvs.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that name a coordinator service, and say who asks. */
final class ServerOptions {
    private static final String TOKEN_VARIABLE = "TIDEMARK_TOKEN";
    private static final String PASSWORD_VARIABLE = "TIDEMARK_CLIENT_PASSWORD";

    @Option(
            names = "--server",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description =
                    "Ask the coordinator service there, as https://backup-1:8443; once for each of its instances.")
    private List<String> servers = List.of();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "With --server: file with the token; default: the environment variable TIDEMARK_TOKEN.")
    private Path tokenFile;

    @Option(
            names = "--server-ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "With --server: PEM file with whom to trust; default: whom the JDK trusts.")
    private Path authority;

    @Option(
            names = "--client-certificate",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "With --server: PKCS #12 file to show; its password is in TIDEMARK_CLIENT_PASSWORD.")
    private Path certificate;

    @Option(
            names = "--approval",
            paramLabel = "ID",
            scope = ScopeType.INHERIT,
            description = "With --server: approval of somebody else, where one is needed.")
    private String approval = "";

    /** Tells whether a service is to be asked. */
    boolean isServer() {
        return !servers.isEmpty();
    }

    /** Tells whether an option was given that says something about a service. */
    boolean isAnyGiven() {
        return isServer() || tokenFile != null || authority != null || certificate != null || !approval.isEmpty();
    }

    /** Returns the id of an approval, or the empty string. */
    String approval() {
        return approval;
    }

    /** Returns the addresses as they were given. */
    List<String> servers() {
        return servers;
    }

    /**
     * Returns how the service is asked.
     *
     * @param environment value of an environment variable, null when it is not set
     * @param resolve makes a path of the command line absolute
     * @throws CliException {@link ErrorCode#USAGE} when an address is none
     */
    ClientSettings settings(UnaryOperator<String> environment, UnaryOperator<Path> resolve) {
        SecretReader secrets = new SecretReader(environment);
        boolean hasToken = tokenFile != null || environment.apply(TOKEN_VARIABLE) != null;
        String token = hasToken || certificate == null
                ? secrets.line("the token", tokenFile == null ? null : resolve.apply(tokenFile), TOKEN_VARIABLE)
                : "";
        String password =
                certificate == null ? null : secrets.line("the certificate's password", null, PASSWORD_VARIABLE);
        ClientTls tls = new ClientTls(
                authority == null ? null : resolve.apply(authority),
                certificate == null ? null : resolve.apply(certificate),
                password);
        try {
            return ClientSettings.of(
                    servers.stream().map(ServerOptions::address).toList(), token.strip(), tls);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--server or the token can't be used: " + e.getMessage(),
                    "Give the address of 'tidemark server' without a path, and the token as 'tidemark token new' printed it.");
        }
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "--server is no address: " + e.getReason() + " (expected: as https://backup-1:8443)",
                    "Give the address of 'tidemark server', without a path.");
        }
    }
}
