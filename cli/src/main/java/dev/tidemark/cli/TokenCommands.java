package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.coordinator.service.access.credential.TokenEntry;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code token} commands. They need neither configuration nor archive. */
final class TokenCommands {
    private TokenCommands() {}

    static void addTo(CommandLine root, Session session) {
        CommandLine group = new CommandLine(new Group());
        root.addSubcommand(group);
        group.addSubcommand(new New(session));
    }

    @Command(name = "token", description = "Make tokens for the coordinator service.")
    private static final class Group extends CommandGroup {}

    @Command(name = "new", description = "Make a token. It is shown once; the service is told its hash only.")
    private static final class New implements Callable<Integer> {
        private final Session session;

        @Option(names = "--name", required = true, description = "Name of the person or program that will send it.")
        private String name;

        @Option(
                names = "--role",
                required = true,
                paramLabel = "viewer|operator|restorer|admin",
                description = "What the caller may do; each role may do what those before it may.")
        private String role;

        @Option(
                names = "--namespace",
                paramLabel = "NAMESPACE",
                description = "Limit the caller to this namespace; may be given several times.")
        private List<String> namespaces;

        @Option(
                names = "--expires",
                paramLabel = "INSTANT",
                description = "From when on the token is refused, such as 2027-01-01T00:00:00Z.")
        private String expires;

        private New(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            NewToken made = make();
            TokenEntry entry = made.entry();
            session.show(
                    Json.object(
                            "token",
                            made.token(),
                            "entry",
                            Json.object(
                                    "name", entry.name(),
                                    "role", entry.role().word(),
                                    "sha256", entry.sha256(),
                                    "namespaces", entry.namespaces(),
                                    "expires", entry.expires())),
                    "The token, which nobody can show again:\n\n  " + made.token()
                            + "\n\nThe entry under 'tokens', for the file of the service:\n\n" + yaml(entry));
            return 0;
        }

        private NewToken make() {
            try {
                return NewToken.create(
                        name,
                        Role.parse(role),
                        namespaces,
                        instant(),
                        session.surroundings().random());
            } catch (IllegalArgumentException e) {
                throw new CliException(ErrorCode.USAGE, e.getMessage(), "See 'tidemark token new --help'.");
            }
        }

        private Instant instant() {
            if (expires == null) {
                return null;
            }
            Instant instant;
            try {
                instant = Instant.parse(expires);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(
                        "--expires is '" + expires + "' (expected: an instant such as 2027-01-01T00:00:00Z)", e);
            }
            if (!instant.isAfter(session.surroundings().clock().instant())) {
                throw new IllegalArgumentException(
                        "--expires is '" + expires + "' (expected: an instant that is still to come)");
            }
            return instant;
        }

        /** Texts are quoted: a name such as {@code no} or {@code 7} would be read as something else. */
        private static String yaml(TokenEntry entry) {
            String text = "- name: \"" + entry.name() + "\"\n  role: "
                    + entry.role().word() + "\n  sha256: \"" + entry.sha256() + "\"\n";
            if (entry.namespaces() != null) {
                text += "  namespaces: [\"" + String.join("\", \"", entry.namespaces()) + "\"]\n";
            }
            return entry.expires() == null ? text : text + "  expires: \"" + entry.expires() + "\"\n";
        }
    }
}
