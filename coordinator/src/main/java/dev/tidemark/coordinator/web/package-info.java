/** What the HTTP servers of the coordinator module have in common. */
package dev.tidemark.coordinator.web;
