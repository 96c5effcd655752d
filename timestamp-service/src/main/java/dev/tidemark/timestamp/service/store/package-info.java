/** The section {@code store} of the timestamp service's configuration: where bounds are kept, one record for each kind. */
package dev.tidemark.timestamp.service.store;
