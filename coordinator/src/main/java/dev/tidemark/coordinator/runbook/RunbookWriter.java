package dev.tidemark.coordinator.runbook;

import dev.tidemark.coordinator.archive.KeySlotList;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import java.util.List;
import java.util.Locale;

/** Writes the page and the script. The same input gives the same text. Thread-safe. */
public final class RunbookWriter {
    private static final String INDENTED = "   ";

    private RunbookWriter() {}

    /**
     * Returns the runbook of a backup.
     *
     * @param recipients who can open the archive
     */
    public static Runbook write(Manifest manifest, RunbookSite site, List<KeySlotList.Slot> recipients) {
        List<RunbookStep> steps = new RestoreSteps(manifest, site).all();
        return new Runbook(page(manifest, site, recipients, steps), script(manifest, steps));
    }

    private static String page(
            Manifest manifest, RunbookSite site, List<KeySlotList.Slot> recipients, List<RunbookStep> steps) {
        StringBuilder page = new StringBuilder();
        heading(page, "Restore backup " + manifest.backupId() + " of namespace " + manifest.namespace(), '=');
        page.append(
                "This page was written when the backup was taken, from the configuration of that moment. It names secrets and\n"
                        + "holds none. ``restore.sh`` has the same commands.\n\n");
        facts(page, manifest, site, recipients);
        int number = 1;
        for (RunbookStep step : steps) {
            heading(page, number++ + ". " + step.title(), '-');
            paragraph(page, step.text());
            if (!step.commands().isEmpty()) {
                page.append(".. code-block:: bash\n\n");
                step.commands().forEach(command -> indent(page, command));
                page.append('\n');
            }
            paragraph(page, step.afterwards());
        }
        return page.toString();
    }

    private static void facts(
            StringBuilder page, Manifest manifest, RunbookSite site, List<KeySlotList.Slot> recipients) {
        heading(page, "What it is", '-');
        page.append("::\n\n");
        fact(page, "namespace", manifest.namespace());
        fact(page, "backup", manifest.backupId());
        fact(page, "state at", manifest.timeAtBackupTimestamp() + ", timestamp " + manifest.backupTimestamp());
        fact(page, "fast-forward", Long.toString(manifest.fastForwardTimestamp()));
        fact(page, "finished", manifest.finishedAt().toString());
        fact(
                page,
                "content",
                manifest.sizes().files() + " files, " + manifest.sizes().rawBytes() + " bytes");
        for (StoreBackup store : manifest.stores()) {
            fact(
                    page,
                    "store",
                    store.name() + ": " + store.type() + " " + store.version() + ", "
                            + store.nodes().size() + " nodes, " + store.tables().size() + " tables");
        }
        manifest.cut().missingNodes().forEach(node -> fact(page, "not in it", node));
        fact(page, "archive", manifest.archiveId() + " at " + site.archiveLocation());
        for (KeySlotList.Slot slot : recipients) {
            String service = slot.serviceKey().isEmpty() ? "" : " " + slot.serviceKey();
            fact(
                    page,
                    "opened by",
                    slot.label() + " (" + slot.kind() + service + ", "
                            + slot.role().name().toLowerCase(Locale.ROOT) + ")");
        }
        manifest.labels().forEach((name, value) -> fact(page, "label", name + "=" + value));
        page.append('\n');
    }

    private static void fact(StringBuilder page, String name, String value) {
        page.append(String.format(Locale.ROOT, "%s%-14s %s\n", INDENTED, name, value.replaceAll("\\p{Cntrl}", " ")));
    }

    private static void heading(StringBuilder page, String text, char line) {
        page.append(text)
                .append('\n')
                .append(String.valueOf(line).repeat(text.length()))
                .append("\n\n");
    }

    private static void paragraph(StringBuilder page, List<String> lines) {
        if (!lines.isEmpty()) {
            lines.forEach(text -> page.append(text).append('\n'));
            page.append('\n');
        }
    }

    private static void indent(StringBuilder page, String command) {
        command.lines().forEach(text -> page.append(text.isEmpty() ? "" : INDENTED + text)
                .append('\n'));
    }

    private static String script(Manifest manifest, List<RunbookStep> steps) {
        String backup = manifest.backupId();
        StringBuilder script = new StringBuilder("#!/usr/bin/env bash\n"
                + "# Restores backup " + backup + " of namespace " + manifest.namespace()
                + "; RESTORE.rst explains each step.\n"
                + "set -euo pipefail\n\n"
                + "if [ \"${CONFIRM:-}\" != " + RestoreSteps.quoted(backup) + " ]; then\n"
                + "    echo \"This replaces namespace '" + manifest.namespace()
                + "'. Stop the application, then run it again with"
                + " CONFIRM=" + backup + ".\" >&2\n"
                + "    exit 2\n"
                + "fi\n");
        int number = 1;
        for (RunbookStep step : steps) {
            script.append("\n# ")
                    .append(number++)
                    .append(". ")
                    .append(step.title())
                    .append('\n');
            step.commands().forEach(command -> script.append(command).append('\n'));
        }
        return script.toString();
    }
}
