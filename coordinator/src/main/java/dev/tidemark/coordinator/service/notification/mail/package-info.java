/**
 * Notifications by e-mail, handed over to a mail server with SMTP.
 *
 * <p>Invariant: with {@code starttls} and {@code tls} nothing is said to a server that does not prove its name.
 */
package dev.tidemark.coordinator.service.notification.mail;
