/** Which channels there are, as the section {@code notifications} of the service's configuration says. */
package dev.tidemark.coordinator.service.notification.channels;
