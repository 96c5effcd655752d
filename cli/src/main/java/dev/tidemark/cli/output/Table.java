package dev.tidemark.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Rows of text with aligned columns, two spaces between them. Not thread-safe. */
public final class Table {
    private final List<String> headers;
    private final List<Boolean> isRightAligned = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Creates an empty table. A header that begins with {@code >} aligns its column to the right. */
    public Table(String... headers) {
        this.headers = new ArrayList<>();
        for (String header : headers) {
            isRightAligned.add(header.startsWith(">"));
            this.headers.add(header.startsWith(">") ? header.substring(1) : header);
        }
    }

    /** Adds a row with one value for each header. Line breaks and control characters in values become spaces. */
    public Table row(Object... values) {
        if (values.length != headers.size()) {
            throw new IllegalArgumentException("values: " + values.length + " (expected: " + headers.size() + ")");
        }
        List<String> row = new ArrayList<>();
        for (Object value : values) {
            row.add(String.valueOf(value).replaceAll("\\p{Cntrl}", " "));
        }
        rows.add(row);
        return this;
    }

    /** Returns header and rows, each ended by a line feed, without trailing spaces. */
    @Override
    public String toString() {
        int[] widths = new int[headers.size()];
        List<List<String>> all = new ArrayList<>();
        all.add(headers);
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(isRightAligned.get(i) ? padding + row.get(i) : row.get(i) + padding)
                        .append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
