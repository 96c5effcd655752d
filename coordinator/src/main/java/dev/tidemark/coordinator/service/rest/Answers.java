package dev.tidemark.coordinator.service.rest;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says of a method whose return type does not say it what it answers when all is well. The OpenAPI document is made from it. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Answers {
    /** The type of the body; of each event, when the method streams some. */
    Class<?> value();

    /** The status. */
    int status() default 200;

    /** Whether the header {@code Location} says where the answer's subject is found. */
    boolean hasLocation() default false;
}
