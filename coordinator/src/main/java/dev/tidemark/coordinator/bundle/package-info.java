/**
 * The bundle with which an application made with Dropwizard backs up its own embedded stores.
 *
 * <p><b>Parts</b>: what the application has in its process and gives to the bundle, its oracle and its stores.
 *
 * <p>Invariant: a store of the application is changed only between {@code release} and {@code reopen}.
 */
package dev.tidemark.coordinator.bundle;
