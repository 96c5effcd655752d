package dev.tidemark.timestamp.hot;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A request that the hot path may answer.
 *
 * @param form what is asked, and how
 * @param namespace of which namespace; not checked
 * @param queryCount how many timestamps the query asks for; {@link CountText#NONE} when the form has none in its query
 */
record HotRequest(Form form, String namespace, int queryCount) {
    private static final String CONJURE = "tl/";
    private static final String NUMBER = "number=";

    /** Reads path and query behind the base path; empty when they are not exactly those of a form. */
    static Optional<HotRequest> parse(String path, String query) {
        int slash = path.indexOf('/', CONJURE.length());
        if (path.startsWith(CONJURE)) {
            Form form = slash < 0 ? null : Form.ofConjure(path.substring(CONJURE.length(), slash));
            if (form == null || query != null) {
                return Optional.empty();
            }
            return named(form, path.substring(slash + 1), CountText.NONE);
        }
        int end = path.indexOf('/');
        if (end < 0) {
            return Optional.empty();
        }
        String namespace = path.substring(0, end);
        return switch (path.substring(end + 1)) {
            case "timestamp/fresh-timestamp", "timelock/fresh-timestamp" ->
                query == null ? named(Form.LEGACY_ONE, namespace, CountText.NONE) : Optional.empty();
            case "timestamp/fresh-timestamps", "timelock/fresh-timestamps" -> several(namespace, query);
            default -> Optional.empty();
        };
    }

    private static Optional<HotRequest> several(String namespace, String query) {
        if (query == null || !query.startsWith(NUMBER)) {
            return Optional.empty();
        }
        int count = CountText.digits(query.getBytes(StandardCharsets.UTF_8), NUMBER.length());
        return count == CountText.NONE ? Optional.empty() : named(Form.LEGACY_SEVERAL, namespace, count);
    }

    private static Optional<HotRequest> named(Form form, String namespace, int queryCount) {
        return namespace.isEmpty() || namespace.indexOf('/') >= 0
                ? Optional.empty()
                : Optional.of(new HotRequest(form, namespace, queryCount));
    }

    /** Returns how many timestamps are asked for; {@link CountText#NONE} when the body is not exactly of the form. */
    int count(byte[] body) {
        return switch (form) {
            case CONJURE_ONE, LEGACY_ONE -> body.length == 0 ? 1 : CountText.NONE;
            case LEGACY_SEVERAL -> body.length == 0 ? queryCount : CountText.NONE;
            case CONJURE_SEVERAL -> CountText.object(body);
            case CONJURE_SEVERAL_2 -> CountText.digits(body, 0);
        };
    }

    /** Returns the body of the answer. */
    byte[] answer(long first, int count) {
        long last = first + count - 1;
        String json =
                switch (form) {
                    case CONJURE_ONE, LEGACY_ONE -> Long.toString(first);
                    case CONJURE_SEVERAL -> "{\"inclusiveLower\":" + first + ",\"inclusiveUpper\":" + last + "}";
                    case CONJURE_SEVERAL_2 -> "{\"start\":" + first + ",\"count\":" + count + "}";
                    case LEGACY_SEVERAL -> "{\"lowerBound\":" + first + ",\"upperBound\":" + last + "}";
                };
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /** The ways to ask for timestamps. */
    enum Form {
        /** {@code tl/ts1}: no body, a number comes back. */
        CONJURE_ONE,
        /** {@code tl/ts}: an object with the count, an object with both ends comes back. */
        CONJURE_SEVERAL,
        /** {@code tl/t2}: the count, an object with the first and the count comes back. */
        CONJURE_SEVERAL_2,
        /** {@code fresh-timestamp}: no body, a number comes back. */
        LEGACY_ONE,
        /** {@code fresh-timestamps}: the count in the query, an object with both ends comes back. */
        LEGACY_SEVERAL;

        private static Form ofConjure(String segment) {
            return switch (segment) {
                case "ts1" -> CONJURE_ONE;
                case "ts" -> CONJURE_SEVERAL;
                case "t2" -> CONJURE_SEVERAL_2;
                default -> null;
            };
        }

        /** Tells whether an authorization header is demanded. */
        boolean isConjure() {
            return this == CONJURE_ONE || this == CONJURE_SEVERAL || this == CONJURE_SEVERAL_2;
        }

        /** Tells whether the body is JSON, and must say so. */
        boolean hasBody() {
            return this == CONJURE_SEVERAL || this == CONJURE_SEVERAL_2;
        }
    }
}
