package dev.tidemark.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    private static final String ROOT = "dev.tidemark";

    /** Where time, waiting and chance enter the program; everything else gets them from here. */
    private static final Set<String> WIRING = Set.of(
            "dev.tidemark.cli.Surroundings",
            "dev.tidemark.kvs.rocksdb.RocksDbStore",
            "dev.tidemark.kvs.time.MonotonicClock",
            "dev.tidemark.kvs.time.Sleeper",
            "dev.tidemark.kvs.time.ThreadedPeriodicTasks",
            "dev.tidemark.kvs.transaction.TransactionSeams",
            "dev.tidemark.timestamp.service.TimestampServer",
            "dev.tidemark.timestamp.service.TimestampServiceApplication");

    private JavaClasses classes;

    @BeforeAll
    void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvs", "timestamp", "coordinator"})
    void importClasses_always_seesEveryModule(String module) {
        assertThat(classes.containPackage(ROOT + "." + module)).isTrue();
    }

    @Test
    void modules_always_holdEveryClass() {
        ArchitectureRules.everyClassIsInAModule(ROOT).check(classes);
    }

    @ParameterizedTest
    @MethodSource("moduleDirection")
    void modules_always_dependInOneDirection(ArchRule rule) {
        rule.check(classes);
    }

    static List<ArchRule> moduleDirection() {
        return ArchitectureRules.moduleDirection(ROOT);
    }

    @Test
    void adapters_always_areIndependent() {
        assertThat(ArchitectureRules.adapterPackages(classes)).contains(ROOT + ".kvs.rocksdb");
        ArchitectureRules.adaptersAreIndependent(classes, ROOT).check(classes);
    }

    @Test
    void packages_always_haveNoCycles() {
        ArchitectureRules.noPackageCycles(ROOT).check(classes);
    }

    @Test
    void standardStreams_outsideOfTheCommandLine_areNotUsed() {
        ArchitectureRules.onlyTheCommandLinePrints(ROOT).check(classes);
    }

    @Test
    void javaUtilLogging_anywhere_isNotUsed() {
        ArchitectureRules.nobodyUsesJavaUtilLogging().check(classes);
    }

    @Test
    void timeAndChance_outsideOfTheWiring_areNotUsed() {
        ArchitectureRules.timeAndChanceComeFromOutside(WIRING).check(classes);
    }

    /** A class that no longer needs its place in the list must leave it. */
    @Test
    void wiring_everyClass_usesTimeOrChance() {
        Set<String> used = classes.stream()
                .filter(ArchitectureRules::reachesForTimeOrChance)
                .map(type -> ArchitectureRules.outermost(type).getName())
                .collect(Collectors.toSet());

        assertThat(used).containsAll(WIRING);
    }

    @Test
    void names_always_saySomething() {
        ArchitectureRules.namesSaySomething().check(classes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvs-adapters", "timestamp-service", "coordinator", "cli"})
    void packages_ofEveryModule_areDescribed(String module) {
        Path sources = Path.of("..", module, "src", "main", "java");

        assertThat(Files.isDirectory(sources))
                .as("the tests run in the directory of their module")
                .isTrue();
        assertThat(ArchitectureRules.packagesWithoutDescription(sources)).isEmpty();
    }
}
