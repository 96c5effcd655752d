package dev.tidemark.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The table of {@link UpkeepMatrixIT}: every step of the operations that need nothing but archives, and the calls that change them. */
final class UpkeepMatrix {
    private static final String JOURNAL = "ObjectStore.create journal";

    /** The first row of each command is in every build. */
    private static final List<Row> ROWS = List.of(
            new Row(Command.EXPIRE, "remove", "ObjectStore.delete manifests"),
            new Row(Command.EXPIRE, "remove", "ObjectStore.create removals"),
            new Row(Command.EXPIRE, "remove", "ObjectStore.create times"),
            new Row(Command.EXPIRE, "remove", "ObjectStore.delete manifestcopies"),
            new Row(Command.EXPIRE, "remove", "ObjectStore.delete removals"),
            new Row(Command.EXPIRE, "remove", JOURNAL),
            new Row(Command.GC, "sweep", "ObjectStore.delete packs"),
            new Row(Command.GC, "repack", JOURNAL),
            new Row(Command.GC, "condemn", "ObjectStore.create garbage"),
            new Row(Command.GC, "sweep", "ObjectStore.delete index"),
            new Row(Command.GC, "sweep", "ObjectStore.delete garbage"),
            new Row(Command.GC, "uploads", JOURNAL),
            new Row(Command.REPAIR, "index", "ObjectStore.create index"),
            new Row(Command.REPAIR, "manifests", "ObjectStore.create manifests"),
            new Row(Command.REPAIR, "garbage-lists", "ObjectStore.delete garbage"),
            new Row(Command.REPAIR, "inventories", "ObjectStore.create inventories"),
            new Row(Command.REPAIR, "marks", JOURNAL),
            new Row(Command.REPAIR, "salvage", JOURNAL),
            new Row(Command.REPAIR, "lost-marks", JOURNAL),
            new Row(Command.IMPORT, "commit", "ObjectStore.create manifests"),
            new Row(Command.IMPORT, "check", JOURNAL),
            new Row(Command.IMPORT, "write", "ObjectStore.create packs"),
            new Row(Command.IMPORT, "write", "ObjectStore.create lists"),
            new Row(Command.IMPORT, "inventory", "ObjectStore.create inventories"),
            new Row(Command.IMPORT, "commit", "ObjectStore.create manifestcopies"),
            new Row(Command.IMPORT, "runbook", "ObjectStore.create runbooks"),
            new Row(Command.COPY, "write", "ObjectStore.create packs"),
            new Row(Command.COPY, "check", JOURNAL),
            new Row(Command.COPY, "write", "ObjectStore.create index"),
            new Row(Command.COPY, "inventory", "ObjectStore.create inventories"),
            new Row(Command.COPY, "commit", "ObjectStore.create manifests"),
            new Row(Command.COPY, "runbook", "ObjectStore.create runbooks"),
            new Row(Command.SHRED, "destroy-keys", "ObjectStore.delete keys"),
            new Row(Command.SHRED, "bury", "ObjectStore.create shredded"),
            new Row(Command.SHRED, "remove-objects", "ObjectStore.delete manifests"),
            new Row(Command.SHRED, "remove-objects", "ObjectStore.delete packs"),
            new Row(Command.ROTATE, "create-key", "ObjectStore.create keys"));

    private UpkeepMatrix() {}

    /**
     * Returns every case whose text contains the system property {@code upkeep.case}; without it, of each command the one in which most
     * can go wrong, killed. Tests in one process have the others, at every change of an archive.
     */
    static Stream<Case> cases() {
        String wanted = System.getProperty("upkeep.case", "");
        List<Case> cases = new ArrayList<>();
        Set<Command> begun = new LinkedHashSet<>();
        for (Row row : ROWS) {
            for (Treatment treatment : Treatment.values()) {
                boolean isFirst = treatment == Treatment.KILLED && begun.add(row.command);
                if (isFirst || !wanted.isEmpty()) {
                    cases.add(new Case(row, treatment));
                }
            }
        }
        return cases.stream().filter(one -> one.toString().contains(wanted));
    }

    /** Returns the steps of a command that the table has. */
    static Set<String> steps(Command command) {
        Set<String> steps = new LinkedHashSet<>();
        ROWS.stream().filter(row -> row.command == command).forEach(row -> steps.add(row.step));
        return steps;
    }

    /** What is run. */
    enum Command {
        EXPIRE("expire", "archive"),
        GC("gc", "archive"),
        REPAIR("repair", "archive"),
        IMPORT("import", "offsite"),
        COPY("copy", "offsite"),
        SHRED("shred", "archive"),
        ROTATE("rotate-key", "archive");

        private final String type;
        private final String archive;

        Command(String type, String archive) {
            this.type = type;
            this.archive = archive;
        }

        /** Returns the type of the operation in the journal. */
        String type() {
            return type;
        }

        /** Returns the name of the archive that it changes. */
        String archive() {
            return archive;
        }
    }

    /** What is done to it. */
    enum Treatment {
        KILLED("kill -9 after", Fault.Kind.PAUSE_AFTER),
        STOPPED("stopped until another process has finished, before", Fault.Kind.PAUSE_BEFORE),
        EXCEPTION("exception from", Fault.Kind.FAIL),
        ANSWER_LOST("answer lost of", Fault.Kind.LOSE_ANSWER);

        private final String text;
        private final Fault.Kind kind;

        Treatment(String text, Fault.Kind kind) {
            this.text = text;
            this.kind = kind;
        }
    }

    /** A place in an operation. */
    record Row(Command command, String step, String call) {}

    /** A place and a fault; its text is the name of the test. */
    record Case(Row row, Treatment treatment) {
        Command command() {
            return row.command;
        }

        Fault fault() {
            return new Fault(treatment.kind, row.step, row.call);
        }

        @Override
        public String toString() {
            return row.command.name().toLowerCase(Locale.ROOT) + " / " + row.step + " / " + treatment.text + " "
                    + row.call;
        }
    }
}
