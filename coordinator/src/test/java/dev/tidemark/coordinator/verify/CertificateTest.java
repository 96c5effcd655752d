package dev.tidemark.coordinator.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.certificate.Certificate;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus.State;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.coordinator.garbage.GarbageSite;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CertificateTest {
    private final VerificationSite verification = new VerificationSite();
    private final GarbageSite site = verification.site;

    @Test
    void verify_everythingRead_certifiesForThoseWhoHaveThePublicKeyAlone() {
        site.backup("b-1", 1, 2);
        Instant before = site.time.instant();

        assertThat(verification.verifyAll().certified()).containsExactly("b-1");

        CertificateStatus status = check("b-1");
        Certificate certificate = status.certificate();
        Manifest manifest = site.archive.manifests().read("b-1");
        assertThat(status.state()).isEqualTo(State.VALID);
        assertThat(certificate.result()).isEqualTo(Certificate.Result.RESTORABLE);
        assertThat(certificate.manifestSha256())
                .isEqualTo(hash(site.archive.layout().manifest("b-1")));
        assertThat(certificate.inventorySha256())
                .isEqualTo(hash(site.archive.inventories().key("b-1", 1)));
        assertThat(certificate.backupTimestamp()).isEqualTo(manifest.backupTimestamp());
        assertThat(certificate.fastForwardTimestamp()).isEqualTo(manifest.fastForwardTimestamp());
        assertThat(certificate.packs()).isEqualTo(1);
        assertThat(certificate.bytes()).isEqualTo(verification.bytes(verification.packOf("b-1")));
        assertThat(certificate.level()).isEqualTo(2);
        assertThat(certificate.issuedBy()).isEqualTo("test");
        assertThat(certificate.createdBy()).startsWith("tidemark ");
        assertThat(certificate.oldestVerification()).isBetween(before.minusMillis(1), site.time.instant());
    }

    @Test
    void verify_inSeveralRuns_certifiesWhenTheLastPackWasRead() {
        site.backup("b-1", 1);
        site.backup("b-2", 1, 2);
        site.backup("b-3", 1, 2, 3);

        VerificationOutcome first = verification.verify(new PackChoice.Budget(6_000));
        Instant atFirst = site.time.instant();
        site.time.advance(Duration.ofDays(1));
        VerificationOutcome second = verification.verify(new PackChoice.Budget(6_000));
        site.time.advance(Duration.ofDays(1));
        VerificationOutcome third = verification.verify(new PackChoice.Budget(6_000));

        assertThat(first.certified()).containsExactly("b-1");
        assertThat(second.certified()).containsExactly("b-2");
        assertThat(third.certified()).containsExactly("b-3");
        Certificate certificate = check("b-3").certificate();
        assertThat(certificate.oldestVerification()).isBeforeOrEqualTo(atFirst);
        assertThat(Duration.between(certificate.oldestVerification(), certificate.newestVerification()))
                .isEqualTo(Duration.ofDays(2));
    }

    @Test
    void verify_level1_certifiesNothing() {
        site.backup("b-1", 1);

        assertThat(verification
                        .verify(VerificationLevel.EXISTENCE, PackChoice.ALL)
                        .certified())
                .isEmpty();
        assertThat(publicArchive().certificateCheck("orders").find("b-1")).isEmpty();
    }

    @Test
    void verify_again_renewsWhenEverythingWasReadAgainAndKeepsOne() {
        site.backup("b-1", 1);
        site.backup("b-2", 1, 2);
        verification.verifyAll();
        site.time.advance(Duration.ofDays(1));

        assertThat(verification.verify(new PackChoice.Budget(6_000)).certified())
                .as("the other pack of b-2 was not read again")
                .doesNotContain("b-2");
        site.time.advance(Duration.ofDays(1));
        assertThat(verification.verifyAll().certified()).containsExactly("b-1", "b-2");
        assertThat(site.archive.certificates().keys("b-2")).hasSize(1);
        assertThat(check("b-2").certificate().number()).isEqualTo(2);
        assertThat(verification.verifyAll().certified())
                .as("no time has passed")
                .isEmpty();
    }

    @Test
    void verify_damageFound_withdrawsAndCertifiesAgainWhenItIsRight() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        verification.verifyAll();
        ObjectKey pack = verification.packOf("b-1");
        byte[] original = site.objects.read(pack);
        verification.flip(pack, 60);

        VerificationOutcome found = verification.verifyAll();

        assertThat(found.withdrawn()).containsExactly("b-1");
        CertificateStatus withdrawn = check("b-1");
        assertThat(withdrawn.state()).isEqualTo(State.WITHDRAWN);
        assertThat(withdrawn.reason()).contains("sst/1");
        assertThat(check("b-2").state()).isEqualTo(State.VALID);
        assertThat(verification.verifyAll().withdrawn()).as("once").isEmpty();

        site.objects.damage(pack, content -> original.clone());
        verification.repair();
        site.time.advance(Duration.ofSeconds(1));
        assertThat(check("b-1").state()).isEqualTo(State.WITHDRAWN);
        assertThat(verification.verifyAll().certified()).contains("b-1");
        assertThat(check("b-1").state()).isEqualTo(State.VALID);
    }

    /** Damage that level 1 finds costs the certificate too. */
    @Test
    void verify_listMissing_withdraws() {
        site.backup("b-1", 1);
        verification.verifyAll();
        site.archive.listKeys("lists/", 10).forEach(site.objects::delete);

        assertThat(verification
                        .verify(VerificationLevel.EXISTENCE, PackChoice.ALL)
                        .withdrawn())
                .containsExactly("b-1");
        assertThat(check("b-1").state()).isEqualTo(State.WITHDRAWN);
    }

    /** Another one has found damage and may not sign: its mark is enough. */
    @Test
    void check_packMarkedSince_isOutdated() {
        site.backup("b-1", 1);
        verification.verifyAll();
        ObjectId pack = ObjectId.parse(verification.packOf("b-1").name());
        site.objects.create(site.archive.key("damage/" + pack), ByteBuffer.wrap(new byte[3]));

        assertThat(check("b-1").state()).isEqualTo(State.OUTDATED);
        assertThat(check("b-1").reason()).contains("marked as damaged");
        site.time.advance(Duration.ofDays(1));
        assertThat(verification.verifyAll().certified()).isEmpty();
    }

    @Test
    void check_anotherInventorySince_isOutdatedUntilItIsVerifiedAgain() {
        site.backup("b-1", 1);
        verification.verifyAll();
        Manifest manifest = site.archive.manifests().read("b-1");
        site.archive
                .inventoryWriter()
                .write(
                        "b-1",
                        List.of(manifest.stores().get(0).nodes().get(0).fileList()),
                        site.archive.loadIndexForWriting(),
                        SampleArchive.NOW);

        assertThat(check("b-1").state()).isEqualTo(State.OUTDATED);
        assertThat(verification.verifyAll().certified()).containsExactly("b-1");
        assertThat(check("b-1").state()).isEqualTo(State.VALID);
    }

    /** H5: another true manifest of this id, as after a removal and a copy, is not the one that was verified. */
    @Test
    void check_anotherManifestSince_isOutdated() {
        site.backup("b-1", 1);
        verification.verifyAll();
        site.objects.delete(site.archive.layout().manifest("b-1"));
        site.objects.delete(site.archive.layout().manifestCopy("b-1"));
        ObjectKey inventory = site.archive.inventories().key("b-1", 1);
        byte[] first = site.objects.read(inventory);
        site.backup("b-1", 1);
        site.objects.delete(site.archive.inventories().key("b-1", 2));
        site.objects.damage(inventory, content -> first);

        assertThat(check("b-1").state()).isEqualTo(State.OUTDATED);
        assertThat(check("b-1").reason()).contains("another manifest");
    }

    /** H2: any byte of it. */
    @Test
    void check_anyByteChanged_isRefused() {
        site.backup("b-1", 1);
        verification.verifyAll();
        ObjectKey key = site.archive.certificates().key("b-1", 1);
        byte[] original = site.objects.read(key);

        for (int i = 0; i < original.length; i++) {
            verification.flip(key, i);
            assertRefused(() -> check("b-1"));
            site.objects.damage(key, content -> original.clone());
        }
        assertThat(check("b-1").state()).isEqualTo(State.VALID);
    }

    /** H2, H7. */
    @Test
    void check_anotherOnesInItsPlace_isRefused() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        verification.verifyAll();
        ObjectKey key = site.archive.certificates().key("b-1", 1);
        byte[] other = site.objects.read(site.archive.certificates().key("b-2", 1));
        byte[] own = site.objects.read(key);

        site.objects.damage(key, content -> other);
        assertRefused(() -> check("b-1"));
        site.objects.damage(key, content -> own);
        site.objects.create(site.archive.certificates().key("b-1", 2), ByteBuffer.wrap(own));
        assertRefused(() -> check("b-1"));
        assertThat(verification.verifyAll().certified())
                .as("one that can't be believed is no certificate")
                .containsExactly("b-1");
        assertThat(check("b-1").certificate().number()).isEqualTo(3);
    }

    @Test
    void check_signedWithAnotherKey_isRefused() {
        site.backup("b-1", 1);
        verification.verifyAll();
        ObjectKey key = site.archive.certificates().key("b-1", 1);
        Certificate certificate = check("b-1").certificate();
        byte[] forged = new SignedDocument(SignedDocument.Kind.CERTIFICATE, StrictJson.encode(certificate))
                .sign(key, SigningKey.generate(new Random(9)));

        site.objects.damage(key, content -> forged);

        assertRefused(() -> check("b-1"));
    }

    /** Whoever has the right to sign for another place can't lend it: the payload names its own. */
    @Test
    void check_trueSignatureOverAnotherBackupsPayload_isRefused() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        verification.verifyAll();
        ObjectKey key = site.archive.certificates().key("b-1", 1);
        byte[] lent = new SignedDocument(
                        SignedDocument.Kind.CERTIFICATE,
                        StrictJson.encode(check("b-2").certificate()))
                .sign(key, site.archive.signer().require("test"));

        site.objects.damage(key, content -> lent);

        assertRefused(() -> check("b-1"));
    }

    /** G3: damage is found by another verification between this one's reading and its signature. */
    @Test
    void verify_markedMeanwhile_certifiesNothing() {
        site.backup("b-1", 1);
        ObjectId pack = ObjectId.parse(verification.packOf("b-1").name());
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && key.contains("/verified/") && isDone) {
                site.objects.damage(site.archive.key("damage/" + pack), content -> new byte[3]);
            }
        });

        assertThat(verification.verifyAll().certified()).isEmpty();
    }

    @Test
    void collect_backupRemoved_takesItsCertificateAndThoseThatWereReplaced() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        verification.verifyAll();
        ObjectKey first = site.archive.certificates().key("b-2", 1);
        byte[] content = site.objects.read(first);
        site.time.advance(Duration.ofDays(1));
        verification.verifyAll();
        site.objects.create(first, ByteBuffer.wrap(content));
        site.expire("b-1");

        site.collect();
        assertThat(site.archive.certificates().keys("b-1")).hasSize(1);
        site.time.advance(Duration.ofHours(25));
        site.collect();

        assertThat(site.archive.certificates().keys("b-1")).isEmpty();
        assertThat(site.archive.certificates().keys("b-2"))
                .containsExactly(site.archive.certificates().key("b-2", 2));
        assertThat(check("b-2").state()).isEqualTo(State.VALID);
    }

    private CertificateStatus check(String backupId) {
        return publicArchive().certificateCheck("orders").find(backupId).orElseThrow();
    }

    private PublicArchive publicArchive() {
        return PublicArchive.open(site.objects, site.archive.signer().verifyingKey());
    }

    private ObjectHash hash(ObjectKey key) {
        return ObjectHash.ofContent(ByteBuffer.wrap(site.objects.read(key)));
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .isIn(ErrorCode.OBJECT_DAMAGED, ErrorCode.UNKNOWN_FORMAT_VERSION));
    }
}
