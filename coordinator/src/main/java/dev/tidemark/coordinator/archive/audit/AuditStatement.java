package dev.tidemark.coordinator.archive.audit;

/**
 * What an entry of the audit log states. Texts are cut off at {@value #MAX_TEXT} characters, and control characters in them are
 * replaced by spaces.
 *
 * @param event what happened
 * @param namespace name of the namespace, or empty for the archive as a whole
 * @param type type of the operation, or empty when it was none
 * @param operationId the operation, or empty when it was none
 * @param epoch fencing epoch of the process that states it; 0 outside of operations
 * @param outcome how the operation has ended; empty where it has not
 * @param subject what it was about: a backup, a timestamp, a key slot; may be empty
 * @param message the reason of a failure, or what somebody gave as reason; may be empty
 */
public record AuditStatement(
        AuditEvent event,
        String namespace,
        String type,
        String operationId,
        long epoch,
        String outcome,
        String subject,
        String message) {
    /** Longest text, characters. */
    public static final int MAX_TEXT = 1000;

    /** Cuts texts that are too long. */
    public AuditStatement {
        namespace = text(namespace);
        type = text(type);
        operationId = text(operationId);
        outcome = text(outcome);
        subject = text(subject);
        message = text(message);
    }

    /** States something that is no operation. */
    public static AuditStatement of(AuditEvent event, String namespace, String subject, String message) {
        return new AuditStatement(event, namespace, "", "", 0, "", subject, message);
    }

    /** Returns the statement that it could not be done. */
    AuditStatement failed(String reason) {
        return new AuditStatement(event, namespace, type, operationId, epoch, "FAILED", subject, reason);
    }

    static String text(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        if (line.length() <= MAX_TEXT) {
            return line;
        }
        boolean isPair = Character.isHighSurrogate(line.charAt(MAX_TEXT - 1));
        return line.substring(0, isPair ? MAX_TEXT - 1 : MAX_TEXT);
    }
}
