package dev.tidemark.architecture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.tidemark.architecture.sample.coordinator.GuardedPaths;
import dev.tidemark.architecture.sample.coordinator.UnguardedPaths;
import org.junit.jupiter.api.Test;

/** Every path of the coordinator service says whom it is for. */
class AccessRuleTest {
    @Test
    void resources_ofTheService_sayWhomTheyAreFor() {
        JavaClasses service = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("dev.tidemark.coordinator.service");

        AccessRule.pathsSayWhomTheyAreFor().check(service);
    }

    @Test
    void rule_pathWithoutAnnotation_isFound() {
        assertThatThrownBy(() -> AccessRule.pathsSayWhomTheyAreFor().check(classes(UnguardedPaths.class)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("UnguardedPaths.list")
                .hasMessageContaining("UnguardedPaths.both");
    }

    @Test
    void rule_pathsWithAnnotations_areAllowed() {
        assertThatCode(() -> AccessRule.pathsSayWhomTheyAreFor().check(classes(GuardedPaths.class)))
                .doesNotThrowAnyException();
    }

    private static JavaClasses classes(Class<?> type) {
        return new ClassFileImporter().importClasses(type);
    }
}
