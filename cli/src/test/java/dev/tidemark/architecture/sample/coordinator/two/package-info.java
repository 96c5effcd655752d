/** Classes that break a rule on purpose. */
package dev.tidemark.architecture.sample.coordinator.two;
