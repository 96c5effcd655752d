package dev.tidemark.timestamp.status;

import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the servers of one oracle say together: who leads, what is wrong, and where they disagree.
 *
 * <p>Each was asked at another moment. That two say they lead can be a change of leaders in between: ask again before believing it.
 */
public final class OracleSurvey {
    private final List<ServerAnswer> answers;
    private final List<Finding> findings = new ArrayList<>();

    /** @param answers one of each server, at least one */
    public OracleSurvey(List<ServerAnswer> answers) {
        this.answers = List.copyOf(answers);
        judgeAnswers();
        judgeLeaders();
        leader().ifPresent(this::judgeNamespaces);
    }

    /** Returns what was answered. */
    public List<ServerAnswer> answers() {
        return answers;
    }

    /** Returns what is wrong, problems first. */
    public List<Finding> findings() {
        List<Finding> sorted = new ArrayList<>(findings);
        sorted.sort((a, b) -> Boolean.compare(b.isProblem(), a.isProblem()));
        return sorted;
    }

    /** Returns the server that leads; empty when none does, or several say so. */
    public Optional<ServerAnswer> leader() {
        Map<String, ServerAnswer> leaders = leaders();
        return leaders.size() == 1 ? Optional.of(leaders.values().iterator().next()) : Optional.empty();
    }

    /** Tells whether several servers say that they lead. */
    public boolean isSplit() {
        return leaders().size() > 1;
    }

    /** Returns the exit code: 0 when timestamps are issued by one server for every namespace, else that of the worst problem. */
    public int exitCode() {
        if (isSplit()) {
            return ErrorCode.BOUND_STORE_IN_USE.exitCode();
        }
        return findings.stream()
                .filter(Finding::isProblem)
                .findFirst()
                .map(problem -> problem.code().exitCode())
                .orElse(0);
    }

    private void judgeAnswers() {
        for (ServerAnswer answer : answers) {
            if (!answer.isAnswered()) {
                findings.add(Finding.note(answer.code(), answer.failure(), answer.hint()));
            } else if (answer.status().problem() != null) {
                findings.add(Finding.problem(
                        ErrorCode.ORACLE_UNAVAILABLE,
                        answer.server() + " can't read its store: "
                                + answer.status().problem(),
                        "Look after the bound store; nothing is issued above the persisted bounds meanwhile."));
            }
        }
        if (answers.stream().noneMatch(ServerAnswer::isAnswered)) {
            boolean isRefused = answers.stream().allMatch(answer -> answer.code() == ErrorCode.UNAUTHORIZED);
            findings.add(Finding.problem(
                    isRefused ? ErrorCode.UNAUTHORIZED : ErrorCode.ORACLE_UNAVAILABLE,
                    "none of " + answers.size() + " servers has answered",
                    "Start the servers; docs/runbooks/oracle-lost.rst says what to do when their bounds are gone."));
        }
    }

    private void judgeLeaders() {
        Map<String, ServerAnswer> leaders = leaders();
        if (leaders.size() > 1) {
            findings.add(Finding.problem(
                    ErrorCode.BOUND_STORE_IN_USE,
                    leaders.size() + " servers say that they lead: "
                            + leaders.values().stream()
                                    .map(OracleSurvey::describe)
                                    .collect(Collectors.joining(", ")),
                    "Follow docs/runbooks/oracle-split.rst: clients that use both may get the same timestamps."));
        } else if (leaders.isEmpty() && answers.stream().anyMatch(ServerAnswer::isAnswered)) {
            findings.add(Finding.problem(
                    ErrorCode.ORACLE_UNAVAILABLE,
                    "nobody leads, so that no timestamps are issued",
                    "Wait for two leases; if it goes on, look after the bound store and the servers' logs."));
        } else if (leaders.size() == 1) {
            leaders.values().forEach(this::judgeFollowers);
        }
    }

    private void judgeFollowers(ServerAnswer leading) {
        for (ServerAnswer answer : answers) {
            if (!answer.isAnswered() || answer.isLeading()) {
                continue;
            }
            OracleStatus.Server followed = answer.status().leadership().leader();
            String leaderId = leading.status().server().id();
            if (followed == null || !followed.id().equals(leaderId)) {
                findings.add(Finding.note(
                        ErrorCode.NOT_LEADER,
                        answer.server()
                                + (followed == null
                                        ? " knows of nobody who leads"
                                        : " follows server '" + followed.id() + "'")
                                + ", while " + describe(leading) + " leads",
                        "Ask again after two leases; if it goes on, see that all servers have the same store."));
            }
        }
    }

    private void judgeNamespaces(ServerAnswer leading) {
        for (OracleStatus.Namespace namespace : leading.status().namespaces()) {
            if (namespace.failure() != null) {
                findings.add(Finding.problem(
                        ErrorCode.ORACLE_UNAVAILABLE,
                        namespace.failure(),
                        "Mend what the message names, then restart " + leading.server() + "."));
            }
        }
    }

    /** By id: two addresses may lead to one server. */
    private Map<String, ServerAnswer> leaders() {
        Map<String, ServerAnswer> leaders = new LinkedHashMap<>();
        answers.stream()
                .filter(ServerAnswer::isLeading)
                .forEach(answer -> leaders.putIfAbsent(answer.status().server().id(), answer));
        return leaders;
    }

    private static String describe(ServerAnswer leading) {
        long epoch = leading.status().leadership().epoch();
        return leading.server() + (epoch == 0 ? " (alone)" : " (epoch " + epoch + ")");
    }

    /**
     * Something that is wrong.
     *
     * @param isProblem whether timestamps are not issued as they should be
     */
    public record Finding(boolean isProblem, ErrorCode code, String message, String hint) {
        static Finding problem(ErrorCode code, String message, String hint) {
            return new Finding(true, code, message, hint);
        }

        static Finding note(ErrorCode code, String message, String hint) {
            return new Finding(false, code, message, hint);
        }
    }
}
