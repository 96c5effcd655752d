package dev.tidemark.coordinator.service.access.approval;

import dev.tidemark.coordinator.service.access.SensitiveOperation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what a resource method does that the configuration may want a second person for. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface NeedsApproval {
    /** What the method does. */
    SensitiveOperation value();
}
