package dev.tidemark.cli;

import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The table of {@link KillMatrixIT}: every named step of every operation, the calls in it that change something, the faults. */
final class KillMatrix {
    private static final String LOCK = "ObjectStore.create lock";
    private static final String JOURNAL = "ObjectStore.create journal";

    private static final List<Row> ROWS = List.of(
            row(Command.BACKUP, CallObserver.BEFORE_STEPS, LOCK),
            row(Command.BACKUP, CallObserver.BEFORE_STEPS, JOURNAL),
            row(Command.BACKUP, "check", "StoreConnector.connect"),
            row(Command.BACKUP, "hold", "NamespaceOracle.lockImmutableTimestamp"),
            row(Command.BACKUP, "backup-timestamp", "NamespaceOracle.freshTimestamp"),
            row(Command.BACKUP, "snapshot", "StoreNode.snapshot"),
            row(Command.BACKUP, "release", "NamespaceOracle.unlock"),
            row(Command.BACKUP, "fast-forward-timestamp", "NamespaceOracle.freshTimestamp"),
            row(Command.BACKUP, "copy", "ObjectStore.create packs"),
            row(Command.BACKUP, "copy", "ObjectStore.create index"),
            row(Command.BACKUP, "copy", "ObjectStore.create lists"),
            row(Command.BACKUP, "commit", "ObjectStore.create manifests"),
            row(Command.BACKUP, "drop-snapshots", "StoreNode.drop"),
            row(Command.BACKUP, "drop-snapshots", JOURNAL),
            row(Command.RESTORE, CallObserver.BEFORE_STEPS, LOCK),
            row(Command.RESTORE, CallObserver.BEFORE_STEPS, JOURNAL),
            row(Command.RESTORE, "stage", "StoreNode.stage"),
            row(Command.RESTORE, "stage", "StagedFile.commit"),
            row(Command.RESTORE, "fence", "NamespaceOracle.fence"),
            row(Command.RESTORE, "load", "StoreNode.load"),
            row(Command.RESTORE, "repair", "StoreConnector.openRestored"),
            row(Command.RESTORE, "clean", "TransactionTable.abort"),
            row(Command.RESTORE, "fast-forward", "NamespaceOracle.fastForward"),
            row(Command.RESTORE, "verify", "TransactionTable.scan"),
            row(Command.RESTORE, "complete", "StoreNode.completeRestore"),
            row(Command.RESTORE, "complete", "StoreNode.discardStaging"),
            row(Command.RESTORE, "unfence", "NamespaceOracle.unfence"),
            row(Command.RESTORE, "unfence", JOURNAL));

    private KillMatrix() {}

    /** Returns every case. */
    static Stream<Case> cases() {
        String filter = System.getProperty("matrix.case", "");
        List<Case> cases = new ArrayList<>();
        Set<String> begun = new LinkedHashSet<>();
        for (Row row : ROWS) {
            boolean isStep = !row.step.equals(CallObserver.BEFORE_STEPS);
            if (isStep && begun.add(row.command + row.step)) {
                cases.add(new Case(row, Treatment.KILL_BEFORE));
            }
            cases.add(new Case(row, Treatment.KILL_AFTER));
            if (!row.call.equals(LOCK)) { // one that is stopped before it has the lock simply comes later
                cases.add(new Case(row, Treatment.STOP));
            }
            cases.add(new Case(row, Treatment.EXCEPTION));
            cases.add(new Case(row, Treatment.ANSWER_LOST));
        }
        return cases.stream().filter(one -> one.toString().contains(filter));
    }

    /** Returns the steps of a command that the table has. */
    static Set<String> steps(Command command) {
        Set<String> steps = new LinkedHashSet<>();
        ROWS.stream().filter(row -> row.command == command).forEach(row -> steps.add(row.step));
        return steps;
    }

    private static Row row(Command command, String step, String call) {
        return new Row(command, step, call);
    }

    /** What is run. */
    enum Command {
        BACKUP,
        RESTORE
    }

    /** What is done to it. */
    enum Treatment {
        KILL_BEFORE("kill -9 when the step begins", Fault.Kind.PAUSE_AFTER),
        KILL_AFTER("kill -9 after", Fault.Kind.PAUSE_AFTER),
        STOP("stopped until another process has finished, before", Fault.Kind.PAUSE_BEFORE),
        EXCEPTION("exception from", Fault.Kind.FAIL),
        ANSWER_LOST("answer lost of", Fault.Kind.LOSE_ANSWER);

        private final String text;
        private final Fault.Kind kind;

        Treatment(String text, Fault.Kind kind) {
            this.text = text;
            this.kind = kind;
        }
    }

    /**
     * A place in an operation.
     *
     * @param call what changes something there, as {@link CallObserver} names it
     */
    record Row(Command command, String step, String call) {
        private static final String SNAPSHOT = "StoreNode.snapshot";

        /** Returns the exit codes that the command may have when the call fails. */
        Set<Integer> exitCodes() {
            ErrorCode ofFault = new Fault(Fault.Kind.FAIL, step, call).errorCode();
            ErrorCode ofCommand = call.equals(SNAPSHOT) ? ErrorCode.INSUFFICIENT_COVERAGE : ofFault;
            return Set.of(0, ofCommand.exitCode());
        }
    }

    /** A place and a fault; its text is the name of the test. */
    record Case(Row row, Treatment treatment) {
        Command command() {
            return row.command;
        }

        Set<Integer> exitCodes() {
            return row.exitCodes();
        }

        Fault fault() {
            return new Fault(
                    treatment.kind, row.step, treatment == Treatment.KILL_BEFORE ? CallObserver.BEGIN : row.call);
        }

        /** Tells whether the store can't be asked to remove its snapshot; the backup is complete all the same. */
        boolean leavesSnapshots() {
            return treatment == Treatment.EXCEPTION && row.call.equals("StoreNode.drop");
        }

        @Override
        public String toString() {
            String name = row.command.name().toLowerCase(Locale.ROOT) + " / " + row.step + " / " + treatment.text;
            return treatment == Treatment.KILL_BEFORE ? name : name + " " + row.call;
        }
    }
}
