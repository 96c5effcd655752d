package dev.tidemark.kvs.transactiontable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Reads test resources as lines; unpacks those that end in {@code .gz}. */
public final class Resources {
    private Resources() {}

    /** Returns the lines of a file. */
    public static List<String> lines(String name) {
        try (InputStream raw = Resources.class.getResourceAsStream("/" + name)) {
            if (raw == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
            return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the rows of a file of comma-separated values, without its header. */
    public static List<String[]> rows(String name) {
        return lines(name).stream().skip(1).map(line -> line.split(",", -1)).toList();
    }
}
