package dev.tidemark.coordinator.service.access.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.service.FakeTime;
import dev.tidemark.coordinator.service.access.ApprovalConfiguration;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import dev.tidemark.coordinator.service.access.approval.Approval.Subject;
import dev.tidemark.coordinator.service.access.approval.Approval.Verdict;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApprovalsTest {
    private static final Caller ANNA = caller("anna", Role.RESTORER);
    private static final Caller BERT = caller("bert", Role.RESTORER);
    private static final Subject RESTORE = subject("{\"backup\":\"b-1\"}");

    private final FakeTime time = new FakeTime();
    private final ApprovalStore store = new InMemoryApprovalStore();
    private final Approvals approvals = approvals(store);

    @ParameterizedTest
    @EnumSource(
            value = SensitiveOperation.class,
            names = {"REWIND", "EXPIRE"})
    void admit_operationThatNeedsNone_goesAhead(SensitiveOperation operation) {
        Subject other = new Subject(operation, "orders", RESTORE.request());

        assertThatCode(() -> approvals.admit(ANNA, other, null, "")).doesNotThrowAnyException();
        assertThat(store.list()).isEmpty();
    }

    @Test
    void admit_withoutApproval_asksForOne() {
        String id = ask(ANNA, RESTORE);

        Approval asked = approvals.find(id, BERT);
        assertThat(asked.requestedBy()).isEqualTo("anna");
        assertThat(asked.subject().request().body()).isEqualTo("{\"backup\":\"b-1\"}");
        assertThat(asked.expiresAt()).isEqualTo(FakeTime.START.plus(Duration.ofHours(1)));
        assertThat(ask(ANNA, RESTORE)).as("the same one, asked for again").isEqualTo(id);
    }

    @Test
    void admit_beforeTheDecision_isRefused() {
        String id = ask(ANNA, RESTORE);

        assertRefused(ErrorCode.APPROVAL_REQUIRED, () -> approvals.admit(ANNA, RESTORE, id, ""));
    }

    @Test
    void admit_approvedBySomebodyElse_goesAheadOnce() {
        String id = approved();

        assertThatCode(() -> approvals.admit(ANNA, RESTORE, id, "")).doesNotThrowAnyException();
        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, RESTORE, id, ""));
        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.decide(BERT, id, Verdict.APPROVED));
    }

    @Test
    void admit_sameRequestAgainUnderItsIdempotencyKey_goesAheadAgain() {
        String id = approved();
        approvals.admit(ANNA, RESTORE, id, "k-1");

        assertThatCode(() -> approvals.admit(ANNA, RESTORE, id, "k-1")).doesNotThrowAnyException();
        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, RESTORE, id, "k-2"));
        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, RESTORE, id, ""));
        time.advance(Duration.ofHours(1));
        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, RESTORE, id, "k-1"));
    }

    @Test
    void admit_byManyAtOnce_goesAheadOnce() throws Exception {
        String id = approved();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> results = IntStream.range(0, 64)
                    .mapToObj(i -> threads.submit(() -> isAdmitted(id)))
                    .toList();
            int admitted = 0;
            for (Future<Boolean> result : results) {
                admitted += result.get() ? 1 : 0;
            }

            assertThat(admitted).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void admit_usedByAnotherServerMeanwhile_isRefused() {
        String id = approved();
        Approvals late = approvals(new LateStore(store));

        assertRefused(ErrorCode.FORBIDDEN, () -> late.admit(ANNA, RESTORE, id, ""));
    }

    @Test
    void admit_otherBody_isRefused() {
        String id = approved();

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, subject("{\"backup\":\"b-2\"}"), id, ""));
        assertRefused(
                ErrorCode.FORBIDDEN,
                () -> approvals.admit(
                        ANNA,
                        new Subject(
                                SensitiveOperation.RESTORE,
                                "orders",
                                request("/api/v1/namespaces/orders/restores?x", "{\"backup\":\"b-1\"}")),
                        id,
                        ""));
        assertThatCode(() -> approvals.admit(ANNA, RESTORE, id, "")).doesNotThrowAnyException();
    }

    @Test
    void admit_otherCaller_isRefused() {
        String id = approved();

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(caller("carl", Role.ADMIN), RESTORE, id, ""));
    }

    @Test
    void admit_refusedBySomebodyElse_isRefused() {
        String id = ask(ANNA, RESTORE);
        approvals.decide(BERT, id, Verdict.REFUSED);

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, RESTORE, id, ""));
        assertRefused(ErrorCode.NOT_ALLOWED_NOW, () -> approvals.decide(BERT, id, Verdict.APPROVED));
    }

    @Test
    void admit_afterItsTime_isRefused() {
        String id = approved();
        time.advance(Duration.ofHours(1));

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.admit(ANNA, RESTORE, id, ""));
        assertThat(approvals.list(BERT)).isEmpty();
    }

    @Test
    void admit_idThatIsNone_isRefused() {
        assertRefused(ErrorCode.INVALID_INPUT, () -> approvals.admit(ANNA, RESTORE, "none", ""));
    }

    @Test
    void decide_byWhoeverHasAskedForIt_isRefused() {
        String id = ask(ANNA, RESTORE);

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.decide(ANNA, id, Verdict.APPROVED));
        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.decide(caller("anna", Role.ADMIN), id, Verdict.APPROVED));
    }

    @Test
    void decide_byALesserRole_isRefused() {
        String id = ask(ANNA, RESTORE);

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.decide(caller("bert", Role.OPERATOR), id, Verdict.APPROVED));
        assertThat(approvals
                        .decide(caller("carl", Role.ADMIN), id, Verdict.APPROVED)
                        .decision()
                        .by())
                .isEqualTo("carl");
    }

    @Test
    void decide_bySomebodyOfAnotherNamespace_findsNothing() {
        String id = ask(ANNA, RESTORE);
        Caller other = new Caller("bert", Role.ADMIN, Set.of("billing"));

        assertRefused(ErrorCode.INVALID_INPUT, () -> approvals.decide(other, id, Verdict.APPROVED));
        assertThat(approvals.list(other)).isEmpty();
        assertThat(approvals.list(BERT)).hasSize(1);
    }

    @Test
    void decide_afterItsTime_isRefused() {
        String id = ask(ANNA, RESTORE);
        time.advance(Duration.ofHours(1));

        assertRefused(ErrorCode.FORBIDDEN, () -> approvals.decide(BERT, id, Verdict.APPROVED));
    }

    @Test
    void admit_moreThanOneCallerMayHave_isRefusedUntilTheyExpire() {
        for (int i = 0; i < Approvals.MAX_OF_ONE_CALLER; i++) {
            ask(ANNA, subject("{\"n\":" + i + "}"));
        }

        assertRefused(ErrorCode.TOO_MANY_REQUESTS, () -> approvals.admit(ANNA, RESTORE, null, ""));
        ask(BERT, RESTORE);
        time.advance(Duration.ofHours(1));
        ask(ANNA, RESTORE);
        assertThat(store.list()).hasSize(1);
    }

    @Test
    void request_bodyThatNobodyCanRead_isRefused() {
        byte[] noText = {(byte) 0xff};
        byte[] tooLong = new byte[ExactRequest.MAX_BODY_BYTES + 1];

        assertRefused(ErrorCode.INVALID_INPUT, () -> ExactRequest.of("POST", "/x", noText));
        assertRefused(ErrorCode.INVALID_INPUT, () -> ExactRequest.of("POST", "/x", tooLong));
    }

    @Test
    void request_partsThatAreDividedElsewhere_haveAnotherHash() {
        assertThat(ExactRequest.of("POST", "/xa", bytes("b")).sha256())
                .isNotEqualTo(ExactRequest.of("POST", "/x", bytes("ab")).sha256());
    }

    private boolean isAdmitted(String id) {
        try {
            approvals.admit(ANNA, RESTORE, id, "");
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    private String approved() {
        String id = ask(ANNA, RESTORE);
        approvals.decide(BERT, id, Verdict.APPROVED);
        return id;
    }

    private String ask(Caller caller, Subject subject) {
        try {
            approvals.admit(caller, subject, null, "");
        } catch (ProblemException e) {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.APPROVAL_REQUIRED);
            return (String) e.members().get("approval");
        }
        throw new AssertionError("an approval was to be asked for");
    }

    private Approvals approvals(ApprovalStore used) {
        return new Approvals(
                new ApprovalConfiguration(
                        List.of(SensitiveOperation.RESTORE, SensitiveOperation.SHRED), Duration.ofHours(1)),
                used,
                time,
                new Random(3));
    }

    private static Caller caller(String name, Role role) {
        return new Caller(name, role, Set.of());
    }

    private static Subject subject(String body) {
        return new Subject(SensitiveOperation.RESTORE, "orders", request("/api/v1/namespaces/orders/restores", body));
    }

    private static ExactRequest request(String target, String body) {
        return ExactRequest.of("POST", target, bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.hint()).endsWith(".");
        });
    }

    /** Somebody else uses an approval right after it was found. */
    private record LateStore(ApprovalStore store) implements ApprovalStore {
        @Override
        public void request(Approval approval) {
            store.request(approval);
        }

        @Override
        public boolean decide(String id, Approval.Decision decision) {
            return store.decide(id, decision);
        }

        @Override
        public boolean use(String id, Approval.Use use) {
            return store.use(id, use);
        }

        @Override
        public Optional<Approval> find(String id) {
            Optional<Approval> found = store.find(id);
            store.use(id, new Approval.Use(FakeTime.START, "another"));
            return found;
        }

        @Override
        public List<Approval> list() {
            return store.list();
        }

        @Override
        public void remove(String id) {
            store.remove(id);
        }
    }
}
