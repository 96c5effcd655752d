package dev.tidemark.cli;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.timestamp.TimestampException;

/**
 * Where a command is disturbed, and how.
 *
 * @param step name of the step, or {@link CallObserver#BEFORE_STEPS}
 * @param call a call as {@link CallObserver} names it; the first one of the step is meant
 */
record Fault(Kind kind, String step, String call) {
    private static final String SEPARATOR = "\n";

    /** What happens. */
    enum Kind {
        /** The command waits before the call has an effect. */
        PAUSE_BEFORE,
        /** The command waits after the call had its effect, before it returns. */
        PAUSE_AFTER,
        /** Both. */
        PAUSE_BEFORE_AND_AFTER,
        /** The call fails without an effect. */
        FAIL,
        /** The call has its effect, and fails. */
        LOSE_ANSWER;

        boolean isPause() {
            return this == PAUSE_BEFORE || this == PAUSE_AFTER || this == PAUSE_BEFORE_AND_AFTER;
        }

        private boolean isDueBefore() {
            return this == PAUSE_BEFORE || this == PAUSE_BEFORE_AND_AFTER || this == FAIL;
        }

        private boolean isDueAfter() {
            return this == PAUSE_AFTER || this == PAUSE_BEFORE_AND_AFTER || this == LOSE_ANSWER;
        }
    }

    boolean matches(String otherStep, String otherCall, boolean isDone) {
        return step.equals(otherStep) && call.equals(otherCall) && (isDone ? kind.isDueAfter() : kind.isDueBefore());
    }

    /** Returns the fault as one argument of a command line. */
    String toArgument() {
        return String.join(SEPARATOR, kind.name(), step, call);
    }

    static Fault ofArgument(String argument) {
        String[] parts = argument.split(SEPARATOR, -1);
        return new Fault(Kind.valueOf(parts[0]), parts[1], parts[2]);
    }

    /** Returns what a call throws when the other side does not answer. */
    RuntimeException failure() {
        String message = "no answer to '" + call + "'";
        String hint = "Try again.";
        return switch (errorCode()) {
            case ARCHIVE_UNAVAILABLE -> new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, message, hint);
            case ORACLE_UNAVAILABLE -> new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, message, hint);
            default -> new KeyValueStoreException(ErrorCode.STORE_UNAVAILABLE, message, hint);
        };
    }

    /** Returns the code of {@link #failure}. */
    ErrorCode errorCode() {
        return switch (call.substring(0, call.indexOf('.'))) {
            case "ObjectStore" -> ErrorCode.ARCHIVE_UNAVAILABLE;
            case "TimestampClient", "NamespaceOracle" -> ErrorCode.ORACLE_UNAVAILABLE;
            default -> ErrorCode.STORE_UNAVAILABLE;
        };
    }
}
