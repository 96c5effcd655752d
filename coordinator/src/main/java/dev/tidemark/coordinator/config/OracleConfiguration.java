package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where timestamps come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface OracleConfiguration {
    /**
     * A timestamp service that is reached over HTTP: Tidemark's own or a TimeLock.
     *
     * @param urls the service's servers, at least one; the first that answers is used
     * @param basePath path before TimeLock's own, for example {@code /timelock/api}; left out is the empty string
     * @param token bearer token, or null when the service asks for none
     * @param timeout longest wait for one answer, &gt; 0; 10 s by default
     * @param tls keys and certificates for https; null for whom the JDK trusts, and no certificate of this process
     */
    @JsonTypeName("http")
    record Http(List<URI> urls, String basePath, TokenConfiguration token, Duration timeout, OracleTlsConfiguration tls)
            implements OracleConfiguration {
        private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

        /** Checks addresses and timeout and applies the defaults. */
        public Http {
            Required.present("urls", urls);
            Required.that(!urls.isEmpty(), "'urls' is empty (expected: at least one address)");
            for (URI url : urls) {
                Required.that(
                        url != null
                                && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                                && url.getHost() != null,
                        "'urls' has '" + url + "' (expected: http://host:port or https://host:port)");
            }
            urls = List.copyOf(urls);
            Required.that(
                    tls == null || urls.stream().allMatch(url -> "https".equals(url.getScheme())),
                    "'tls' for 'urls' " + urls + " (expected: addresses that begin with https, and no others)");
            basePath = basePath == null ? "" : basePath;
            Required.that(
                    basePath.isEmpty() || (basePath.startsWith("/") && !basePath.endsWith("/")),
                    "'basePath' is '" + basePath + "' (expected: empty, or /path without a slash at its end)");
            timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
            Required.that(
                    timeout.compareTo(Duration.ZERO) > 0, "'timeout' is " + timeout + " (expected: more than PT0S)");
        }
    }

    /**
     * The embedded oracle, whose bound is kept in a directory; one process at a time can use it.
     *
     * @param directory where the bounds of all namespaces are
     */
    @JsonTypeName("file")
    record File(Path directory) implements OracleConfiguration {
        /** Checks that the directory is named. */
        public File {
            Required.present("directory", directory);
        }
    }
}
