package dev.tidemark.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Open;
import jakarta.ws.rs.HttpMethod;

/** The rule that no path is without a guard. */
final class AccessRule {
    private AccessRule() {}

    /** A method that answers requests says whom it is for, once. There may be no such methods. */
    static ArchRule pathsSayWhomTheyAreFor() {
        return methods()
                .that()
                .areMetaAnnotatedWith(HttpMethod.class)
                .should(new ArchCondition<>("say whom they are for") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        boolean isNeeding = method.isAnnotatedWith(Needs.class);
                        boolean isOpen = method.isAnnotatedWith(Open.class);
                        if (isNeeding == isOpen) {
                            events.add(SimpleConditionEvent.violated(
                                    method,
                                    method.getFullName() + " has " + (isOpen ? "both" : "neither")
                                            + " of @Needs and @Open (expected: one)"));
                        }
                    }
                })
                .allowEmptyShould(true);
    }
}
