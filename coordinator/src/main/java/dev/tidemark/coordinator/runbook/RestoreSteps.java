package dev.tidemark.coordinator.runbook;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.runbook.RunbookSite.Secret;
import dev.tidemark.coordinator.runbook.RunbookSite.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The steps that restore a backup with what its configuration says. Page and script have the same ones. */
final class RestoreSteps {
    private static final String END = "END_OF_CONFIGURATION";

    private final Manifest manifest;
    private final RunbookSite site;

    RestoreSteps(Manifest manifest, RunbookSite site) {
        this.manifest = manifest;
        this.site = site;
    }

    List<RunbookStep> all() {
        return Stream.of(stop(), need(), configure(), look(), verify(), room(), plan(), restore(), check(), start())
                .toList();
    }

    /** The configuration that the commands use, in the directory in which they are given. */
    private String file() {
        return "restore-" + manifest.backupId() + ".yml";
    }

    private String tidemark(String arguments) {
        return "tidemark --config " + file() + " " + arguments;
    }

    private RunbookStep stop() {
        return new RunbookStep(
                "Stop the application",
                List.of(
                        "All of it: every client of namespace '" + manifest.namespace()
                                + "', on every machine. From step",
                        "\"Restore\" on the oracle refuses whoever goes on."),
                List.of(),
                List.of());
    }

    private RunbookStep need() {
        List<String> commands = new ArrayList<>(List.of("tidemark --version"));
        site.secrets().forEach(secret -> commands.add(presence(secret)));
        List<String> text = new ArrayList<>(List.of(
                "A machine that reaches the archive" + (site.hasAgents() ? ", the agents" : "")
                        + " and the oracle, with Tidemark, of the version that took the",
                "backup (" + manifest.createdBy()
                        + ") or a later one. What is missing of the following, the commands say:",
                ""));
        site.secrets().forEach(secret -> text.add("- " + description(secret)));
        if (site.secrets().isEmpty()) {
            text.add("- no secrets by file or environment variable");
        }
        return new RunbookStep("Have what it takes", text, commands, List.of());
    }

    private static String presence(Secret secret) {
        return secret.source() == Source.VARIABLE
                ? ": \"${" + secret.name() + ":?needed for " + secret.purpose() + "}\""
                : "test -r " + quoted(secret.name()) + " || { echo "
                        + quoted("missing, needed for " + secret.purpose() + ": " + secret.name()) + " >&2; exit 1; }";
    }

    private static String description(Secret secret) {
        return (secret.source() == Source.VARIABLE ? "environment variable ``" : "file ``") + secret.name() + "``, for "
                + "``" + secret.purpose() + "``";
    }

    private RunbookStep configure() {
        return new RunbookStep(
                "Write the configuration",
                List.of(
                        "What was configured when the backup was taken, as far as a restore needs it. On another machine change",
                        "the paths and addresses. The following commands use this file."),
                List.of("cat >" + file() + " <<'" + END + "'\n"
                        + site.configuration().stripTrailing() + "\n" + END),
                List.of());
    }

    private RunbookStep look() {
        return new RunbookStep(
                "Look at the backup",
                List.of(),
                List.of(tidemark("show " + manifest.namespace() + " " + manifest.backupId())),
                List.of(
                        "The backup timestamp is " + manifest.backupTimestamp()
                                + ". *Exit code 55:* the key is not that of this"
                                + " archive. *Exit code 52:* this is another",
                        "archive. *Exit code 50 or 53:* the archive is not where the configuration says, or does not answer."));
    }

    private RunbookStep verify() {
        return new RunbookStep(
                "Verify it",
                List.of(
                        "Reads every byte and changes nothing. Leave it out when time matters more: the restore does so, too."),
                List.of(tidemark("verify " + manifest.namespace() + " --backup " + manifest.backupId() + " --level 2")),
                List.of("*Exit code 73:* objects are missing or damaged. Take another backup, with its own runbook."));
    }

    private RunbookStep room() {
        List<String> commands = site.directories().stream()
                .map(directory -> "if [ -e " + quoted(directory) + " ]; then mv " + quoted(directory) + " "
                        + quoted(directory + ".before-" + manifest.backupId()) + "; fi")
                .toList();
        List<String> text = new ArrayList<>(
                List.of("The targets must be empty. What is left of the old stores is moved away and not deleted."));
        if (site.hasAgents()) {
            text.add("Nodes of a cluster must run, with their agents, and the keyspaces must not exist.");
        }
        text.add(
                "An oracle that still runs is left alone. One that is lost begins anew, and the restore takes it forward.");
        return new RunbookStep("Make room", text, commands, List.of());
    }

    private RunbookStep plan() {
        return new RunbookStep(
                "Look at the plan",
                List.of("Changes nothing."),
                List.of(tidemark(restoreArguments() + " --dry-run")),
                List.of(
                        "*Exit code 34:* a target is not empty. *Exit code 70:* another operation is unfinished: ``tidemark",
                        "resume`` completes it, ``tidemark cancel`` gives it up."));
    }

    private RunbookStep restore() {
        return new RunbookStep(
                "Restore",
                List.of(
                        "If it stops, for whatever reason, remove the reason and give the same command again: it goes on where it",
                        "was."),
                List.of(tidemark(restoreArguments())),
                List.of());
    }

    private String restoreArguments() {
        return "restore " + manifest.namespace() + " --backup " + manifest.backupId();
    }

    private RunbookStep check() {
        return new RunbookStep(
                "Check",
                List.of(),
                List.of(
                        tidemark("operations " + manifest.namespace()),
                        tidemark("timestamp fetch --namespace " + manifest.namespace())),
                List.of("The newest operation is the restore, ``succeeded``. The fresh timestamp is greater than "
                        + manifest.fastForwardTimestamp() + "."));
    }

    private RunbookStep start() {
        return new RunbookStep(
                "Start the application, and back up",
                List.of(
                        "Restart clients instead of letting old processes go on. Then take a backup. What was committed after",
                        "the backup timestamp is gone: search indexes, caches and other services may differ from the store now,",
                        "and personal data that was deleted since must be deleted again."),
                List.of(),
                List.of());
    }

    /** Returns a word for the shell that stands for exactly this text. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
