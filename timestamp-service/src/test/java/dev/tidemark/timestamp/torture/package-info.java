/**
 * Timestamp services in processes of their own, over one store, that are stopped, killed and lied to by their clocks while clients
 * ask all of them.
 */
package dev.tidemark.timestamp.torture;
