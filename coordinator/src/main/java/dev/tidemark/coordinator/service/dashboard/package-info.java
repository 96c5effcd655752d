/**
 * The dashboard: a page for browsers that shows and asks for what the REST API offers, and nothing else. It consists of fixed
 * <em>files</em>, which are read from the class path when the service starts; everything that changes comes to the page through the
 * API, with the rights of whoever looks at it.
 *
 * <p>Invariant: what is served here is the same for everybody and holds no secret; a name that is not in the list is not there.
 */
package dev.tidemark.coordinator.service.dashboard;
