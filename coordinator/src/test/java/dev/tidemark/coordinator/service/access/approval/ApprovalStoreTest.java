package dev.tidemark.coordinator.service.access.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.service.FakeTime;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import dev.tidemark.coordinator.service.access.approval.Approval.Decision;
import dev.tidemark.coordinator.service.access.approval.Approval.Use;
import dev.tidemark.coordinator.service.access.approval.Approval.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every place for approvals has to do. */
class ApprovalStoreTest {
    private static final Instant NOW = FakeTime.START;
    private static final Approval ASKED = asked("a".repeat(24), NOW);
    private static final Decision YES = new Decision("bert", Verdict.APPROVED, NOW);
    private static final Decision NO = new Decision("carl", Verdict.REFUSED, NOW);

    static Stream<ApprovalStore> stores() {
        return Stream.of(new InMemoryApprovalStore(), new ArchiveApprovalStore(archive(new InMemoryObjectStore())));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void request_isFoundWithWhatBecameOfIt(ApprovalStore store) {
        store.request(ASKED);
        assertThat(store.find(ASKED.id())).contains(ASKED);
        assertThat(store.decide(ASKED.id(), YES)).isTrue();
        assertThat(store.find(ASKED.id())).contains(ASKED.withDecision(YES));
        Use use = new Use(NOW, "k-1");
        assertThat(store.use(ASKED.id(), use)).isTrue();
        assertThat(store.find(ASKED.id())).contains(ASKED.withDecision(YES).withUse(use));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void decisionAndUse_secondOne_doesNotCount(ApprovalStore store) {
        store.request(ASKED);
        store.decide(ASKED.id(), NO);
        store.use(ASKED.id(), new Use(NOW, ""));

        assertThat(store.decide(ASKED.id(), YES)).isFalse();
        assertThat(store.use(ASKED.id(), new Use(NOW, "k"))).isFalse();
        assertThat(store.find(ASKED.id()).orElseThrow().decision()).isEqualTo(NO);
        assertThatThrownBy(() -> store.request(ASKED)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("stores")
    void unknownOnes_areNotThere(ApprovalStore store) {
        for (String id : List.of("b".repeat(24), "", "../keys/master/x", "a".repeat(24) + ".requested")) {
            assertThat(store.find(id)).isEmpty();
            assertThat(store.decide(id, YES)).isFalse();
            assertThat(store.use(id, new Use(NOW, ""))).isFalse();
            store.remove(id);
        }
    }

    @ParameterizedTest
    @MethodSource("stores")
    void list_isInTheOrderOfRequestsAndWithoutWhatWasRemoved(ApprovalStore store) {
        Approval later = asked("0".repeat(24), NOW.plus(Duration.ofMinutes(1)));
        Approval removed = asked("c".repeat(24), NOW);
        List.of(ASKED, removed, later).forEach(store::request);
        store.decide(removed.id(), YES);
        store.remove(removed.id());

        assertThat(store.list()).containsExactly(ASKED, later);
    }

    @Test
    void archive_anotherInstance_seesTheSame() {
        InMemoryObjectStore objects = new InMemoryObjectStore();
        Archive archive = archive(objects);
        new ArchiveApprovalStore(archive).request(ASKED);
        ApprovalStore other =
                new ArchiveApprovalStore(Archive.open(objects, SampleArchive.key(), SampleArchive.seams(2)));

        assertThat(other.decide(ASKED.id(), YES)).isTrue();
        assertThat(new ArchiveApprovalStore(archive).find(ASKED.id())).contains(ASKED.withDecision(YES));
        assertThat(objects.list("approvals/", "", 10)).hasSize(2);
    }

    @Test
    void archive_oneIsDamagedOrWrittenBySomebodyWithoutTheKey_isLeftOut() {
        InMemoryObjectStore objects = new InMemoryObjectStore();
        ApprovalStore store = new ArchiveApprovalStore(archive(objects));
        Approval whole = asked("d".repeat(24), NOW);
        List.of(ASKED, whole).forEach(store::request);
        objects.damage(
                new ObjectKey("approvals/" + ASKED.id() + ".decided"),
                none -> "{\"formatVersion\":1,\"by\":\"x\",\"verdict\":\"APPROVED\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(store.list()).containsExactly(whole);
        assertThatThrownBy(() -> store.find(ASKED.id())).hasMessageContaining(ASKED.id() + ".decided");
    }

    private static Archive archive(InMemoryObjectStore objects) {
        return Archive.create(objects, SampleArchive.key(), SampleArchive.seams(1));
    }

    private static Approval asked(String id, Instant at) {
        return new Approval(
                id,
                new Approval.Subject(
                        SensitiveOperation.RESTORE,
                        "orders",
                        ExactRequest.of("POST", "/x?y", "{\"backup\":\"b-1\"}".getBytes(StandardCharsets.UTF_8))),
                "anna",
                Role.RESTORER,
                at,
                at.plus(Duration.ofHours(1)),
                null,
                null);
    }
}
