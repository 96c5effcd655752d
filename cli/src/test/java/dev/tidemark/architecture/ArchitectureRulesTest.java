package dev.tidemark.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.tidemark.architecture.sample.cli.Command;
import dev.tidemark.architecture.sample.coordinator.Backups;
import dev.tidemark.architecture.sample.coordinator.ClockReader;
import dev.tidemark.architecture.sample.coordinator.Printer;
import dev.tidemark.architecture.sample.coordinator.one.First;
import dev.tidemark.architecture.sample.coordinator.two.Second;
import dev.tidemark.architecture.sample.kvs.StoreManager;
import dev.tidemark.architecture.sample.kvs.left.LeftConnector;
import dev.tidemark.architecture.sample.kvs.right.RightConnector;
import dev.tidemark.architecture.sample.outside.Stray;
import dev.tidemark.architecture.sample.timestamp.Oracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shows for each rule that it fails, and names the culprit, when a class breaks it. */
class ArchitectureRulesTest {
    private static final String ROOT = "dev.tidemark.architecture.sample";

    private static final JavaClasses SAMPLES = new ClassFileImporter().importPackages(ROOT);

    @ParameterizedTest
    @CsvSource({"0, Cells", "1, Oracle", "2, Backups"})
    void moduleDirection_classUsesLaterModule_isFound(int index, String culprit) {
        assertBroken(ArchitectureRules.moduleDirection(ROOT).get(index), SAMPLES, culprit);
    }

    @Test
    void moduleDirection_classUsesEarlierModule_isAllowed() {
        JavaClasses allowed = classes(Command.class, Second.class);

        for (ArchRule rule : ArchitectureRules.moduleDirection(ROOT)) {
            assertThatCode(() -> rule.allowEmptyShould(true).check(allowed)).doesNotThrowAnyException();
        }
    }

    @Test
    void everyClassIsInAModule_classElsewhere_isFound() {
        assertBroken(ArchitectureRules.everyClassIsInAModule(ROOT), SAMPLES, Stray.class.getSimpleName());
    }

    @Test
    void adaptersAreIndependent_adapterUsesAnother_isFound() {
        assertThat(ArchitectureRules.adapterPackages(SAMPLES))
                .containsExactly(LeftConnector.class.getPackageName(), RightConnector.class.getPackageName());
        assertBroken(
                ArchitectureRules.adaptersAreIndependent(SAMPLES, ROOT),
                classes(LeftConnector.class, RightConnector.class),
                LeftConnector.class.getSimpleName());
    }

    @Test
    void adaptersAreIndependent_modelUsesAdapter_isFound() {
        assertBroken(
                ArchitectureRules.adaptersAreIndependent(SAMPLES, ROOT),
                classes(StoreManager.class),
                StoreManager.class.getSimpleName());
    }

    @Test
    void noPackageCycles_twoPackagesUseEachOther_isFound() {
        assertBroken(ArchitectureRules.noPackageCycles(ROOT), classes(First.class, Second.class), "Cycle detected");
    }

    @Test
    void onlyTheCommandLinePrints_engineClassPrints_isFound() {
        assertBroken(ArchitectureRules.onlyTheCommandLinePrints(ROOT), SAMPLES, Printer.class.getSimpleName());
    }

    @Test
    void onlyTheCommandLinePrints_commandPrints_isAllowed() {
        ArchRule rule = ArchitectureRules.onlyTheCommandLinePrints(ROOT).allowEmptyShould(true);

        assertThatCode(() -> rule.check(classes(Command.class))).doesNotThrowAnyException();
    }

    @Test
    void nobodyUsesJavaUtilLogging_classDoes_isFound() {
        assertBroken(ArchitectureRules.nobodyUsesJavaUtilLogging(), SAMPLES, Oracle.class.getSimpleName());
    }

    @ParameterizedTest
    @CsvSource({
        "Instant.now",
        "Thread.sleep",
        "System.currentTimeMillis",
        "UUID.randomUUID",
        "Math.random",
        "SecureRandom.<init>"
    })
    void timeAndChanceComeFromOutside_classReachesForThem_isFound(String access) {
        assertBroken(ArchitectureRules.timeAndChanceComeFromOutside(Set.of()), classes(ClockReader.class), access);
    }

    @Test
    void timeAndChanceComeFromOutside_classIsWiring_isAllowed() {
        ArchRule rule = ArchitectureRules.timeAndChanceComeFromOutside(Set.of(ClockReader.class.getName()));

        assertThatCode(() -> rule.allowEmptyShould(true).check(classes(ClockReader.class)))
                .doesNotThrowAnyException();
    }

    @Test
    void timeAndChanceComeFromOutside_seedIsGiven_isAllowed() {
        ArchRule rule = ArchitectureRules.timeAndChanceComeFromOutside(Set.of());

        assertThatCode(() -> rule.check(classes(Backups.class))).doesNotThrowAnyException();
    }

    @Test
    void namesSaySomething_classIsAManager_isFound() {
        assertBroken(ArchitectureRules.namesSaySomething(), SAMPLES, StoreManager.class.getSimpleName());
    }

    @Test
    void packagesWithoutDescription_oneIsNotDescribed_isFound(@TempDir Path sources) throws IOException {
        Path described = Files.createDirectories(sources.resolve("a"));
        Path notDescribed = Files.createDirectories(sources.resolve("a/b"));
        Files.createDirectories(sources.resolve("a/resources"));
        Files.writeString(described.resolve("A.java"), "");
        Files.writeString(described.resolve("package-info.java"), "");
        Files.writeString(notDescribed.resolve("B.java"), "");

        assertThat(ArchitectureRules.packagesWithoutDescription(sources)).isEqualTo(List.of(notDescribed));
    }

    private static JavaClasses classes(Class<?>... types) {
        return new ClassFileImporter().importClasses(types);
    }

    private static void assertBroken(ArchRule rule, JavaClasses classes, String culprit) {
        assertThatThrownBy(() -> rule.check(classes))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(culprit);
    }
}
