package dev.tidemark.cli;

import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The table of {@link KillMatrixIT}: every named step of every operation, the calls in it that change something, the faults. */
final class KillMatrix {
    private static final String LOCK = "ObjectStore.create lock";
    private static final String JOURNAL = "ObjectStore.create journal";

    /**
     * What may still arrive when the process has lost its lock, and be the last that it does; only while it has no store open, or
     * nobody could have overtaken it. A fence that arrives like that stays until the next operation that puts one up.
     */
    private static final Set<String> LATE_CALLS = Set.of(
            "StoreNode.snapshot",
            "ObjectStore.create manifests",
            "StoreNode.stage",
            "StoreNode.setAside",
            "StoreNode.load",
            "StoreNode.adopt",
            "StoreNode.bringBack",
            "StoreNode.completeRestore",
            "StoreNode.discardStaging",
            "NamespaceOracle.unfence");

    private static final List<Row> ROWS = List.of(
            new Row(Command.BACKUP, CallObserver.BEFORE_STEPS, LOCK),
            new Row(Command.BACKUP, CallObserver.BEFORE_STEPS, JOURNAL),
            new Row(Command.BACKUP, "check", "StoreConnector.connect"),
            new Row(Command.BACKUP, "hold", "NamespaceOracle.lockImmutableTimestamp"),
            new Row(Command.BACKUP, "backup-timestamp", "NamespaceOracle.freshTimestamp"),
            new Row(Command.BACKUP, "snapshot", "StoreNode.snapshot"),
            new Row(Command.BACKUP, "release", "NamespaceOracle.unlock"),
            new Row(Command.BACKUP, "fast-forward-timestamp", "NamespaceOracle.freshTimestamp"),
            new Row(Command.BACKUP, "copy", "ObjectStore.create packs"),
            new Row(Command.BACKUP, "copy", "ObjectStore.create index"),
            new Row(Command.BACKUP, "copy", "ObjectStore.create lists"),
            new Row(Command.BACKUP, "inventory", "ObjectStore.create inventories"),
            new Row(Command.BACKUP, "commit", "ObjectStore.create manifests"),
            new Row(Command.BACKUP, "drop-snapshots", "StoreNode.drop"),
            new Row(Command.BACKUP, "drop-snapshots", JOURNAL),
            new Row(Command.BACKUP, "runbook", "ObjectStore.create runbooks"),
            new Row(Command.RESTORE, CallObserver.BEFORE_STEPS, LOCK),
            new Row(Command.RESTORE, CallObserver.BEFORE_STEPS, JOURNAL),
            new Row(Command.RESTORE, "stage", "StoreNode.stage"),
            new Row(Command.RESTORE, "stage", "StagedFile.commit"),
            new Row(Command.RESTORE, "fence", "NamespaceOracle.fence"),
            new Row(Command.RESTORE, "set-aside", JOURNAL),
            new Row(Command.RESTORE, "load", "StoreNode.load"),
            new Row(Command.RESTORE, "repair", "StoreConnector.openRestored"),
            new Row(Command.RESTORE, "clean", "TransactionTable.abortAll"),
            new Row(Command.RESTORE, "fast-forward", "NamespaceOracle.fastForward"),
            new Row(Command.RESTORE, "verify", "TransactionTable.scan"),
            new Row(Command.RESTORE, "complete", "StoreNode.completeRestore"),
            new Row(Command.RESTORE, "complete", "StoreNode.discardStaging"),
            new Row(Command.RESTORE, "unfence", "NamespaceOracle.unfence"),
            new Row(Command.RESTORE, "unfence", JOURNAL),
            new Row(Command.RESTORE_OVER_DATA, "set-aside", "StoreNode.setAside"),
            new Row(Command.RESTORE_OVER_DATA, "load", "StoreNode.load"),
            new Row(Command.RESTORE_OVER_DATA, "clean", "TransactionTable.abortAll"),
            new Row(Command.RESTORE_OVER_DATA, "complete", "StoreNode.completeRestore"),
            new Row(Command.RESTORE_OVER_DATA, "unfence", "NamespaceOracle.unfence"),
            new Row(Command.REWIND, "fence", "NamespaceOracle.fence"),
            new Row(Command.REWIND, "safety-copy", "StoreNode.adopt"),
            new Row(Command.REWIND, "repair", "StoreCluster.repair"),
            new Row(Command.REWIND, "clean", "TransactionTable.abortAll"),
            new Row(Command.REWIND, "fast-forward", "NamespaceOracle.fastForward"),
            new Row(Command.REWIND, "verify", "TransactionTable.scan"),
            new Row(Command.REWIND, "complete", "StoreNode.completeRestore"),
            new Row(Command.REWIND, "unfence", "NamespaceOracle.unfence"),
            new Row(Command.UNDO, "fence", "NamespaceOracle.fence"),
            new Row(Command.UNDO, "check", "TransactionTable.scan"),
            new Row(Command.UNDO, "bring-back", "StoreNode.bringBack"),
            new Row(Command.UNDO, "fast-forward", "NamespaceOracle.fastForward"),
            new Row(Command.UNDO, "verify", "StoreConnector.openRestored"),
            new Row(Command.UNDO, "complete", "StoreNode.completeRestore"),
            new Row(Command.UNDO, "unfence", "NamespaceOracle.unfence"));

    private KillMatrix() {}

    /**
     * Returns every case whose text contains the system property {@code matrix.case}. Without it, of those that need a process of their
     * own and take longest, the ones at which most can go wrong: killed after the last call of each step, where what brings a state back
     * has steps in common with the others once, and stopped at a command's first call of each kind; and the lost answer of what can't be
     * taken back: what the oracle does, and a manifest. The simulation has the others at every call.
     */
    static Stream<Case> cases() {
        String wanted = System.getProperty("matrix.case", "");
        boolean isAll = !wanted.isEmpty();
        List<Case> cases = new ArrayList<>();
        Set<String> begun = new LinkedHashSet<>();
        Set<String> stopped = new LinkedHashSet<>();
        Set<String> broughtBack = new LinkedHashSet<>();
        Set<String> lost = new LinkedHashSet<>();
        for (Row row : ROWS) {
            boolean isStep = !row.step.equals(CallObserver.BEFORE_STEPS);
            // One that is stopped before it has the lock simply comes later.
            boolean isFirstOfItsKind = !row.call.equals(LOCK) && stopped.add(row.command + kind(row.call));
            if (isAll && isStep && begun.add(row.command + row.step)) {
                cases.add(new Case(row, Treatment.KILL_BEFORE));
            }
            boolean isNew = row.command == Command.BACKUP
                    || row.command == Command.RESTORE
                    || broughtBack.add(row.step + row.call);
            if (isAll || (isLastOfItsStep(row) && isNew)) {
                cases.add(new Case(row, Treatment.KILL_AFTER));
            }
            if (!row.call.equals(LOCK) && (isAll || isFirstOfItsKind)) {
                cases.add(new Case(row, Treatment.STOP));
            }
            if (LATE_CALLS.contains(row.call) && (isAll || row.step.equals("commit") || row.step.equals("complete"))) {
                cases.add(new Case(row, Treatment.LATE));
            }
            if (isAll) {
                cases.add(new Case(row, Treatment.EXCEPTION));
            }
            boolean isFinal = kind(row.call).equals("NamespaceOracle") || row.call.endsWith(" manifests");
            if (isAll || (isFinal && lost.add(row.call))) {
                cases.add(new Case(row, Treatment.ANSWER_LOST));
            }
        }
        return cases.stream().filter(one -> one.toString().contains(wanted));
    }

    private static boolean isLastOfItsStep(Row row) {
        return ROWS.stream()
                .filter(other -> other.command == row.command && other.step.equals(row.step))
                .reduce((first, second) -> second)
                .equals(Optional.of(row));
    }

    /** Returns what is called: the oracle, the archive, a node. */
    private static String kind(String call) {
        return call.substring(0, call.indexOf('.'));
    }

    /** Returns the steps of a command that the table has. */
    static Set<String> steps(Command command) {
        Set<String> steps = new LinkedHashSet<>();
        ROWS.stream()
                .filter(row -> row.command == command && !row.step.equals(CallObserver.BEFORE_STEPS))
                .forEach(row -> steps.add(row.step));
        return steps;
    }

    /** What is run. */
    enum Command {
        BACKUP("backup"),
        /** Into an empty place, with an oracle that knows nothing. */
        RESTORE("restore"),
        /** The same steps: those that do something else when there is data. */
        RESTORE_OVER_DATA("restore"),
        REWIND("rewind"),
        UNDO("undo");

        private final String type;

        Command(String type) {
            this.type = type;
        }

        /** Returns the type of the operation in the journal. */
        String type() {
            return type;
        }
    }

    /** What is done to it. */
    enum Treatment {
        KILL_BEFORE("kill -9 when the step begins", Fault.Kind.PAUSE_AFTER),
        KILL_AFTER("kill -9 after", Fault.Kind.PAUSE_AFTER),
        STOP("stopped until another process has finished, before", Fault.Kind.PAUSE_BEFORE),
        LATE("stopped until another process has finished, and killed after", Fault.Kind.PAUSE_BEFORE_AND_AFTER),
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

        /** Tells whether the command has to be a process: to be killed or stopped, or to lose a store that nobody could close. */
        boolean needsProcess() {
            boolean isStoreLost = treatment == Treatment.ANSWER_LOST && row.call.equals("StoreConnector.openRestored");
            return treatment.kind.isPause() || isStoreLost;
        }

        /** Tells whether the oracle must outlive the process: for another one, or so that the hold of a backup lives on. */
        boolean needsLivingOracle() {
            return treatment == Treatment.STOP
                    || treatment == Treatment.LATE
                    || (treatment == Treatment.KILL_AFTER && row.command == Command.BACKUP);
        }

        /** Tells whether a snapshot can't be removed, or comes too late to be: the backup is complete all the same. */
        boolean leavesSnapshots() {
            return (treatment == Treatment.EXCEPTION && row.call.equals("StoreNode.drop"))
                    || (treatment == Treatment.LATE && row.call.equals("StoreNode.snapshot"));
        }

        @Override
        public String toString() {
            String name = row.command.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " / " + row.step + " / "
                    + treatment.text;
            return treatment == Treatment.KILL_BEFORE ? name : name + " " + row.call;
        }
    }
}
