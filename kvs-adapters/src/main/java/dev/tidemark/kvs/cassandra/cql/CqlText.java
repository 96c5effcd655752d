package dev.tidemark.kvs.cassandra.cql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes names in statements that describe a schema. */
final class CqlText {
    /** A string, a quoted name, or a plain name or number: what is between them is punctuation. */
    private static final Pattern TOKEN = Pattern.compile("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z0-9_]+");

    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z][a-z0-9_]*");

    private CqlText() {}

    /**
     * Replaces the name of a keyspace where it stands as one: before a dot, or after the word KEYSPACE.
     *
     * @param cql as the driver writes it: with names in double quotes where they need them
     */
    static String renameKeyspace(String cql, String from, String to) {
        StringBuilder renamed = new StringBuilder();
        Matcher tokens = TOKEN.matcher(cql);
        String before = "";
        while (tokens.find()) {
            String token = tokens.group();
            boolean isKeyspace = before.equals("KEYSPACE") || cql.startsWith(".", tokens.end());
            if (isKeyspace && (token.equals('"' + from + '"') || token.equals(from))) {
                tokens.appendReplacement(renamed, Matcher.quoteReplacement(name(to)));
            }
            before = token;
        }
        return tokens.appendTail(renamed).toString();
    }

    /** Writes a name as the driver does: in double quotes if it needs them. */
    static String name(String name) {
        return PLAIN_NAME.matcher(name).matches() ? name : '"' + name + '"';
    }
}
