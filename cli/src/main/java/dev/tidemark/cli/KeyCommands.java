package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.archive.ArchiveKeys;
import dev.tidemark.coordinator.archive.KeySlotList;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.config.KeyConfiguration;
import dev.tidemark.coordinator.datakey.RotationState;
import dev.tidemark.kvs.ErrorCode;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code archive key} commands. */
final class KeyCommands {
    private KeyCommands() {}

    static void addTo(CommandLine archive, Session session) {
        CommandLine group = new CommandLine(new Group());
        archive.addSubcommand(group);
        group.addSubcommand(new ListSlots(session));
        group.addSubcommand(new Add(session));
        group.addSubcommand(new Remove(session));
        group.addSubcommand(new Rotate(session));
    }

    private static Map<String, Object> json(KeySlotList.Slot slot) {
        return Json.object(
                "slot", slot.slot(),
                "label", slot.label(),
                "role", slot.role().word(),
                "type", slot.kind(),
                "createdAt", slot.createdAt(),
                "keyId", slot.serviceKey().isEmpty() ? null : slot.serviceKey(),
                "inUse", slot.isInUse());
    }

    @Command(name = "key", description = "Say who can open the archive, and change that.")
    private static final class Group extends CommandGroup {}

    @Command(name = "list", description = "List the key slots. Exits with 59 when one is damaged.")
    private static final class ListSlots implements Callable<Integer> {
        private final Session session;

        private ListSlots(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            KeySlotList list = session.wiring().archive().keys().list();
            Table table = new Table("LABEL", "ROLE", "TYPE", "CREATED", "SLOT", "");
            list.slots()
                    .forEach(slot -> table.row(
                            slot.label(),
                            slot.role().word(),
                            slot.kind() + (slot.serviceKey().isEmpty() ? "" : " " + slot.serviceKey()),
                            HumanFormat.time(slot.createdAt()),
                            slot.slot(),
                            slot.isInUse() ? "in use" : ""));
            StringBuilder text = new StringBuilder(table.toString());
            list.damaged()
                    .forEach(slot -> text.append("WARNING: key slot '" + slot.slot() + "': " + slot.message() + "\n"));
            session.show(
                    Json.object(
                            "slots",
                            list.slots().stream().map(KeyCommands::json).toList(),
                            "damaged",
                            list.damaged().stream()
                                    .map(slot -> Json.object("slot", slot.slot(), "message", slot.message()))
                                    .toList()),
                    text.toString());
            return list.damaged().isEmpty() ? 0 : ErrorCode.OBJECT_DAMAGED.exitCode();
        }
    }

    @Command(name = "add", description = "Let another key open the archive.")
    private static final class Add implements Callable<Integer> {
        private final Session session;

        @Option(names = "--label", required = true, description = "What people call it; no other slot has it.")
        private String label;

        @Option(
                names = "--role",
                required = true,
                paramLabel = "writer|reader",
                description = "A writer takes backups and changes keys, a reader restores and signs nothing.")
        private String role;

        @Option(
                names = "--type",
                required = true,
                paramLabel = "passphrase|key-file|aws-kms",
                description = "What kind of key it is.")
        private String type;

        @Option(names = "--file", description = "File with the passphrase in one line, or key file.")
        private Path file;

        @Option(names = "--environment", description = "Environment variable with the passphrase.")
        private String environment;

        @Option(names = "--key-id", description = "ARN, id or alias of a key of AWS KMS.")
        private String keyId;

        @Option(names = "--region", description = "Region of that key, unless its ARN says it.")
        private String region;

        @Option(names = "--endpoint", description = "Another service with the protocol of AWS KMS.")
        private URI endpoint;

        @Option(names = "--dry-run", description = "Try everything and write nothing.")
        private boolean isDryRun;

        private Add(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            Role known = Role.of(role)
                    .orElseThrow(() -> new CliException(
                            ErrorCode.USAGE,
                            "role '" + role + "' is not known (expected: writer or reader)",
                            "Use --role writer or --role reader."));
            ArchiveKeys keys = session.wiring().archive().keys();
            try (ArchiveKey key = session.wiring().key(configuration())) {
                ArchiveKeys.NewSlot slot = keys.prepare(key, label, known);
                if (!isDryRun) {
                    session.wiring().coordinator().upkeep().addKey(slot, label + ", " + known.word() + ", " + type);
                }
                session.show(
                        Json.object(
                                "dryRun", isDryRun,
                                "slot", slot.id(),
                                "label", label,
                                "role", known.word(),
                                "type", type),
                        isDryRun
                                ? "Key slot '" + label + "' could be added; nothing was changed.\n"
                                : "Key slot '" + slot.id() + "' is added: '" + label + "', " + known.word() + ".\n");
            }
            return 0;
        }

        private KeyConfiguration configuration() {
            try {
                return switch (type) {
                    case "passphrase" -> new KeyConfiguration.Passphrase(resolved(), environment);
                    case "key-file" -> new KeyConfiguration.KeyFile(resolved());
                    case "aws-kms" -> new KeyConfiguration.AwsKms(keyId, region, endpoint, null, null);
                    default -> throw new IllegalArgumentException("'type' is '" + type + "'");
                };
            } catch (IllegalArgumentException e) {
                throw new CliException(
                        ErrorCode.USAGE,
                        "the new key is not described: " + e.getMessage(),
                        "Use --type passphrase with --file or --environment, --type key-file with --file,"
                                + " or --type aws-kms with --key-id.");
            }
        }

        private Path resolved() {
            return file == null ? null : session.resolve(file);
        }
    }

    @Command(name = "remove", description = "Take the access to the archive from a key.")
    private static final class Remove implements Callable<Integer> {
        private final Session session;

        @Parameters(paramLabel = "LABEL", description = "Label or id of the slot.")
        private String name;

        @Option(names = "--force", description = "Remove even the slot that this command uses itself.")
        private boolean isForced;

        @Option(names = "--dry-run", description = "Check everything and change nothing.")
        private boolean isDryRun;

        private Remove(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            ArchiveKeys keys = session.wiring().archive().keys();
            String slot = keys.planRemoval(name, isForced);
            if (!isDryRun) {
                session.wiring().coordinator().upkeep().removeKey(slot, isForced);
            }
            session.show(
                    Json.object("dryRun", isDryRun, "slot", slot),
                    isDryRun
                            ? "Key slot '" + slot + "' could be removed; nothing was changed.\n"
                            : "Key slot '" + slot
                                    + "' is removed. Copies of it, and whoever has opened the archive with it before,"
                                    + " still have what was in it.\n");
            return 0;
        }
    }

    @Command(
            name = "rotate",
            description =
                    "Begin a new data key of a namespace for what is written from now on; older data stay readable.")
    private static final class Rotate implements Callable<Integer> {
        private final Session session;

        @Parameters(paramLabel = "NAMESPACE", description = "A namespace of the archive; it need not be configured.")
        private String namespace;

        @Option(names = "--dry-run", description = "Check everything and change nothing.")
        private boolean isDryRun;

        private Rotate(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            if (isDryRun) {
                int present = session.wiring().coordinator().upkeep().planKeyRotation(namespace);
                session.show(
                        Json.object("dryRun", true, "namespace", namespace, "previousKey", present, "key", present + 1),
                        "Namespace '" + namespace + "' would go on with data key " + (present + 1)
                                + "; nothing was changed.\n");
                return 0;
            }
            RotationState rotated = session.wiring().coordinator().upkeep().rotateKey(namespace, session.progress());
            session.show(
                    Json.object(
                            "dryRun",
                            false,
                            "namespace",
                            namespace,
                            "previousKey",
                            rotated.previousKeyId(),
                            "key",
                            rotated.keyId()),
                    "Namespace '" + namespace + "' goes on with data key " + rotated.keyId() + ".\n");
            return 0;
        }
    }
}
