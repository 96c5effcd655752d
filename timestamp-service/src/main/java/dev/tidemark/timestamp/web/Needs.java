package dev.tidemark.timestamp.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says whom the methods of a resource are for; what a method says counts before what its class says. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Needs {
    /** The rights of which one is enough. */
    Right[] value();

    /** Whether a token must be there in any case, as on TimeLock's Conjure paths, even if nothing is demanded of it. */
    boolean header() default false;
}
