package dev.tidemark.coordinator.service.access.approval;

import dev.tidemark.coordinator.service.access.ApprovalConfiguration;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.approval.Approval.Decision;
import dev.tidemark.coordinator.service.access.approval.Approval.Subject;
import dev.tidemark.coordinator.service.access.approval.Approval.Verdict;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Demands a second person where the configuration says so. Thread-safe as its store and its random generator are. */
public final class Approvals {
    /** Name of the header that names an approval, and of the member of a problem that does. */
    public static final String HEADER = "Tidemark-Approval";

    static final int MAX_OF_ONE_CALLER = 20;
    static final int MAX = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
    private static final int ID_BYTES = 12;

    private final ApprovalConfiguration configuration;
    private final ApprovalStore store;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * Creates the check.
     *
     * @param random source of ids; cryptographically strong outside of tests
     */
    public Approvals(
            ApprovalConfiguration configuration, ApprovalStore store, InstantSource clock, RandomGenerator random) {
        this.configuration = configuration;
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Lets a request through when nobody has to approve it, or somebody has, and refuses it otherwise. Uses the approval up: whatever
     * becomes of the request, the next one needs another.
     *
     * @param caller who sends it; has the right to, apart from the approval
     * @param approvalId the approval that the request names; null when it names none: then one is asked for
     * @param key idempotency key of the request, empty for none: under it the same request is let through again, since it does nothing
     *     anew
     * @throws ProblemException {@link ErrorCode#APPROVAL_REQUIRED} with the member {@code approval} when one was asked for, and when the
     *     one that is named waits for its decision; {@link ErrorCode#FORBIDDEN} when that one is for another request or caller, was
     *     refused, has expired or was used; {@link ErrorCode#TOO_MANY_REQUESTS} when too many are pending
     */
    public void admit(Caller caller, Subject subject, String approvalId, String key) {
        if (!configuration.demanded().contains(subject.operation())) {
            return;
        }
        if (approvalId == null) {
            throw required(request(caller, subject), "needs the approval of somebody else");
        }
        Approval approval = find(approvalId, caller);
        if (!approval.requestedBy().equals(caller.name()) || !approval.subject().equals(subject)) {
            throw forbidden(
                    "approval '" + approvalId + "' is for another request or another caller",
                    "Send exactly the request that was approved.");
        }
        requireNotExpired(approval);
        if (approval.use() != null) {
            requireRepetition(approval, key);
            return;
        }
        if (approval.decision() == null) {
            throw required(approval, "still waits for the approval of somebody else");
        }
        if (approval.decision().verdict() != Verdict.APPROVED) {
            throw forbidden(
                    "approval '" + approvalId + "' was refused by '"
                            + approval.decision().by() + "'",
                    "Talk to '" + approval.decision().by() + "'.");
        }
        if (!store.use(approvalId, new Approval.Use(clock.instant(), key))) {
            requireRepetition(find(approvalId, caller), key);
        }
        LOG.info(
                "{} by '{}' goes ahead with approval '{}' of '{}'",
                subject.operation().word(),
                caller.name(),
                approvalId,
                approval.decision().by());
    }

    /**
     * Says yes or no.
     *
     * @throws ProblemException {@link ErrorCode#INVALID_INPUT} with status 404 when there is no such approval, {@link ErrorCode#FORBIDDEN}
     *     when the caller is who has asked for it, has a lesser role or another namespace, or when it has expired or was used,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when somebody has decided already
     */
    public Approval decide(Caller caller, String approvalId, Verdict verdict) {
        Approval approval = find(approvalId, caller);
        if (approval.requestedBy().equals(caller.name())) {
            throw forbidden(
                    "'" + caller.name() + "' has asked for approval '" + approvalId + "' (expected: somebody else)",
                    "Ask another person with the role '" + approval.role().word() + "'.");
        }
        caller.require(approval.role());
        requireNotExpired(approval);
        if (approval.use() != null) {
            throw used(approval.id());
        }
        Decision decision = new Decision(caller.name(), verdict, clock.instant());
        if (!store.decide(approvalId, decision)) {
            throw new ProblemException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "somebody has already decided on approval '" + approvalId + "'",
                    "Look at it; what was decided stays.");
        }
        LOG.info(
                "'{}' has {} {} of '{}', approval '{}'",
                caller.name(),
                verdict == Verdict.APPROVED ? "approved" : "refused",
                approval.subject().operation().word(),
                approval.requestedBy(),
                approvalId);
        return approval.withDecision(decision);
    }

    /** Returns the approvals that a caller may see and that have not expired, the oldest request first. */
    public List<Approval> list(Caller caller) {
        Instant now = clock.instant();
        return store.list().stream()
                .filter(approval -> !approval.isExpired(now) && maySee(caller, approval))
                .toList();
    }

    /**
     * Returns an approval.
     *
     * @throws ProblemException {@link ErrorCode#INVALID_INPUT} with status 404 when there is none that the caller may see
     */
    public Approval find(String approvalId, Caller caller) {
        return store.find(approvalId)
                .filter(approval -> maySee(caller, approval))
                .orElseThrow(() -> new ProblemException(
                                ErrorCode.INVALID_INPUT,
                                "there is no approval '" + approvalId + "'",
                                "Send the request without an approval, to ask for one.")
                        .withStatus(404));
    }

    private static boolean maySee(Caller caller, Approval approval) {
        String namespace = approval.subject().namespace();
        return namespace.isEmpty() ? !caller.isLimited() : caller.maySee(namespace);
    }

    /** Several requests at the same time may exceed the limits by as many. */
    private Approval request(Caller caller, Subject subject) {
        Instant now = clock.instant();
        int all = 0;
        int own = 0;
        for (Approval present : store.list()) {
            if (present.isExpired(now)) {
                store.remove(present.id());
                continue;
            }
            all++;
            boolean isOwn = present.requestedBy().equals(caller.name());
            own += isOwn ? 1 : 0;
            if (isOwn && present.subject().equals(subject) && present.decision() == null) {
                return present;
            }
        }
        if (own >= MAX_OF_ONE_CALLER || all >= MAX) {
            throw new ProblemException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "there are " + own + " approvals of '" + caller.name() + "' and " + all
                            + " in all that have not expired (expected: fewer than " + MAX_OF_ONE_CALLER + " and " + MAX
                            + ")",
                    "Wait until some of them have expired.");
        }
        Role role = caller.role();
        Approval approval = new Approval(
                newId(), subject, caller.name(), role, now, now.plus(configuration.validFor()), null, null);
        store.request(approval);
        LOG.info(
                "'{}' asks for approval '{}': {}",
                caller.name(),
                approval.id(),
                subject.operation().word());
        return approval;
    }

    private static void requireRepetition(Approval approval, String key) {
        if (key.isEmpty() || approval.use() == null || !approval.use().key().equals(key)) {
            throw used(approval.id());
        }
    }

    private void requireNotExpired(Approval approval) {
        if (approval.isExpired(clock.instant())) {
            throw forbidden(
                    "approval '" + approval.id() + "' has expired at " + approval.expiresAt(),
                    "Send the request without an approval, to ask for another one.");
        }
    }

    private String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static ProblemException used(String approvalId) {
        return forbidden(
                "approval '" + approvalId + "' was used already",
                "Send the request without an approval, to ask for another one.");
    }

    private static ProblemException required(Approval approval, String what) {
        return new ProblemException(
                        ErrorCode.APPROVAL_REQUIRED,
                        approval.subject().operation().word() + " " + what + ", until " + approval.expiresAt(),
                        "Have approval '" + approval.id() + "' given, then send the same request with the header '"
                                + HEADER + ": " + approval.id() + "'.")
                .withMember("approval", approval.id());
    }

    private static ProblemException forbidden(String message, String hint) {
        return new ProblemException(ErrorCode.FORBIDDEN, message, hint);
    }
}
