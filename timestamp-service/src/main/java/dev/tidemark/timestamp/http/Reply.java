package dev.tidemark.timestamp.http;

/**
 * What a server says to one attempt.
 *
 * @param status the HTTP status
 * @param body its text, bounded by the wire
 * @param location the header of this name, empty for none
 * @param retryAfter the header of this name, empty for none
 */
record Reply(int status, String body, String location, String retryAfter) {
    /** Longest number of seconds that is understood. */
    private static final int MAX_DIGITS = 9;

    /** Returns after how many seconds the server wants to be asked again; 0 when it does not say, or says a date. */
    long retryAfterSeconds() {
        boolean isNumber = !retryAfter.isEmpty()
                && retryAfter.length() <= MAX_DIGITS
                && retryAfter.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return isNumber ? Long.parseLong(retryAfter) : 0;
    }
}
