package dev.tidemark.coordinator.service.access;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says whom a resource method is for. A method that has neither this nor {@link Open} is for nobody. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Needs {
    /** The least role. */
    Role value();

    /** How callers are kept to their namespaces. */
    Scope scope() default Scope.PATH;

    /** How callers are kept to their namespaces. */
    enum Scope {
        /**
         * By the path's parameter {@code namespace}; a path without it is about all namespaces, and closed to callers that are limited
         * to some.
         */
        PATH,
        /** By the method itself, which asks {@link Caller#maySee} for each namespace that it touches or shows. */
        METHOD
    }
}
