package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One statement of a saved schema. Its key is {@code NNNNN type keyspace name}: the number keeps the order, and the keyspace is the
 * one that the text is for.
 *
 * @param number place in the order
 * @param type keyspace, type, table, index, or another word of the cluster's
 * @param keyspace name of the keyspace that the text names
 * @param name name of what it creates
 * @param text the statement
 */
record SchemaStatement(int number, String type, String keyspace, String name, String text) {
    private static final Pattern KEY = Pattern.compile("([0-9]{5}) ([a-z_ ]+?) ([A-Za-z0-9_]+) ([^ ]+)");
    private static final Pattern REPLICATION =
            Pattern.compile("replication\\s*=\\s*(\\{[^}]*\\})", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPTION = Pattern.compile("'([^']*)'\\s*:\\s*'([^']*)'");
    private static final Pattern ID = Pattern.compile("\\bID\\s*=\\s*'?([0-9a-fA-F-]{36})'?\\s*AND\\s+");
    private static final Pattern REMARK = Pattern.compile("/\\*.*?(CREATE TABLE .*)\\*/", Pattern.DOTALL);
    private static final Pattern HEAD = Pattern.compile(
            "^CREATE (?:CUSTOM )?(KEYSPACE|TYPE|TABLE|INDEX|MATERIALIZED VIEW)(?: IF NOT EXISTS)? ",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern COLUMNS = Pattern.compile("\\((.*)\\)\\s*(WITH.*)?$", Pattern.DOTALL);

    static SchemaStatement of(int number, String type, String name, String keyspace, String text) {
        return new SchemaStatement(
                number, type, keyspace, unquoted(name), withoutRemark(text).replaceAll(";$", ""));
    }

    /**
     * Of a table as AtlasDB makes it, whose cells have all clustering columns in their names, the cluster says that CQL can't make it,
     * and writes the statement into a remark. CQL can, and takes that statement.
     */
    private static String withoutRemark(String text) {
        Matcher remark = REMARK.matcher(text.strip());
        return remark.matches() ? remark.group(1).strip() : text.strip();
    }

    /**
     * Reads a statement back.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when it is none
     */
    static SchemaStatement parse(String key, String text) {
        Matcher matcher = KEY.matcher(key);
        if (!matcher.matches()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "'" + key
                            + "' of the backup's schema is not known (expected: a number, a type, a keyspace and a name)",
                    "Restore a backup of a Cassandra store.");
        }
        return new SchemaStatement(
                Integer.parseInt(matcher.group(1)), matcher.group(2), matcher.group(3), matcher.group(4), text);
    }

    String key() {
        return String.format(Locale.ROOT, "%05d %s %s %s", number, type, keyspace, name);
    }

    /** Returns the replication of a keyspace's statement; empty for another one. */
    static Optional<Map<String, String>> replication(String text) {
        Matcher replication = REPLICATION.matcher(text);
        if (!replication.find()) {
            return Optional.empty();
        }
        Map<String, String> options = new TreeMap<>();
        OPTION.matcher(replication.group(1)).results().forEach(option -> options.put(option.group(1), option.group(2)));
        return Optional.of(options);
    }

    /** Returns the columns and the primary key of a table or type, in one form; empty for something else. */
    Optional<String> structure() {
        if (!type.equals("table") && !type.equals("type")) {
            return Optional.empty();
        }
        Matcher columns = COLUMNS.matcher(text);
        if (!columns.find()) {
            return Optional.empty();
        }
        String inside =
                columns.group(1).replaceAll("\\s+", " ").replace("\"", "").strip();
        return Optional.of(inside.replaceAll(" ?([(),<>]) ?", "$1"));
    }

    /** Returns the statement that creates the same in a keyspace if it is not there. */
    String forKeyspace(String target, Map<String, String> replication, boolean isBefore3) {
        String statement = text;
        Matcher head = HEAD.matcher(statement);
        if (!head.find()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "the schema of the backup has a statement that is not known: '" + shortText() + "'",
                    "Create it by hand, then restore into the keyspace.");
        }
        String rest = statement.substring(head.end());
        String create = statement.substring(0, head.end()).replace("IF NOT EXISTS ", "") + "IF NOT EXISTS ";
        if (!replication.isEmpty() && type.equals("keyspace")) {
            rest = REPLICATION
                    .matcher(rest)
                    .replaceFirst(Matcher.quoteReplacement("replication = " + literal(replication)));
        }
        Matcher id = ID.matcher(rest);
        if (!target.equals(keyspace)) {
            rest = id.replaceFirst("");
        } else if (id.find()) {
            String value = isBefore3 ? "'" + id.group(1) + "'" : id.group(1);
            rest = id.replaceFirst(Matcher.quoteReplacement("ID = " + value + " AND "));
        }
        return create + inKeyspace(rest, target);
    }

    /** The name of the keyspace stands first, or behind ON. */
    private String inKeyspace(String rest, String target) {
        String name = "\"?" + Pattern.quote(keyspace) + "\"?";
        String quoted = Matcher.quoteReplacement('"' + target + '"');
        if (type.equals("keyspace")) {
            return rest.replaceFirst("^" + name, quoted);
        }
        if (type.equals("index")) {
            return rest.replaceFirst(" ON " + name + "\\.", " ON " + quoted + ".");
        }
        return rest.replaceFirst("^" + name + "\\.", quoted + ".");
    }

    private String shortText() {
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    private static String literal(Map<String, String> options) {
        return new TreeMap<>(options)
                .entrySet().stream()
                        .map(option -> "'" + option.getKey() + "': '" + option.getValue() + "'")
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String unquoted(String name) {
        return name.startsWith("\"") && name.endsWith("\"") ? name.substring(1, name.length() - 1) : name;
    }
}
