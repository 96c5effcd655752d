package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The page docs/cli.rst names the commands and options that there are, and no others. */
class CommandPageTest {
    private static final Path PAGE = Path.of("../docs/cli.rst");
    private static final Pattern COMMAND = Pattern.compile("(?m)^``(tidemark(?: [a-z][a-z-]+)+)");
    private static final Pattern OPTION = Pattern.compile("(?<![a-z-])(--[a-z][a-z-]+|-[a-zA-Z])(?![a-z-])");

    @Test
    void commands_ofThePage_areThoseThatThereAre() throws IOException {
        Set<String> expected = new TreeSet<>();
        try (Session session = session()) {
            addCommands(Tidemark.commandLine(session, session.options()), expected);
        }

        assertThat(all(COMMAND)).isEqualTo(expected);
    }

    @Test
    void options_ofThePage_areThoseThatThereAre() throws IOException {
        Set<String> expected = new TreeSet<>();
        try (Session session = session()) {
            addOptions(Tidemark.commandLine(session, session.options()), expected);
        }

        assertThat(all(OPTION)).isEqualTo(expected);
    }

    private static void addCommands(CommandLine command, Set<String> names) {
        if (command.getSubcommands().isEmpty()) {
            names.add(command.getCommandSpec().qualifiedName());
        }
        command.getSubcommands().values().forEach(child -> addCommands(child, names));
    }

    private static void addOptions(CommandLine command, Set<String> names) {
        command.getCommandSpec().options().forEach(option -> names.addAll(Set.of(option.names())));
        command.getSubcommands().values().forEach(child -> addOptions(child, names));
    }

    private static Set<String> all(Pattern pattern) throws IOException {
        return new TreeSet<>(pattern.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList());
    }

    private static Session session() {
        return new Session(Surroundings.system(), new GlobalOptions());
    }
}
