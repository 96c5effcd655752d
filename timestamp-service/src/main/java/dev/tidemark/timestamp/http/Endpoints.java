package dev.tidemark.timestamp.http;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The servers of an oracle: which one is asked, where a redirect leads, and who is sent the token. Thread-safe. */
final class Endpoints {
    /** TimeLock demands an authorization header on some paths, looks only at its form, and its documentation uses this. */
    private static final String ANY_TOKEN = "q";

    private final List<URI> configured;
    private final String token;

    /** Index of the endpoint that is asked first. */
    private final AtomicInteger preferred = new AtomicInteger();

    Endpoints(List<URI> configured, String token) {
        this.configured = configured;
        this.token = token;
    }

    URI preferred() {
        return configured.get(preferred.get());
    }

    /** Returns the endpoint to ask after a server has failed; others ask it first from now on, too. */
    URI after(URI failed) {
        int known = configured.indexOf(failed);
        int index = known < 0 ? preferred.get() : known;
        int next = (index + 1) % configured.size();
        preferred.compareAndSet(index, next);
        return configured.get(next);
    }

    /** Makes the server that has answered the first to be asked, if it is one of the endpoints. */
    void answered(URI server) {
        int index = configured.indexOf(server);
        if (index >= 0 && preferred.get() != index) {
            preferred.set(index);
        }
    }

    /**
     * Returns the base address of the server that a redirect names. Its path may or may not repeat ours, so it is not used. One that
     * leads from TLS to none is not followed.
     *
     * @param location the header's value, empty for none
     */
    Optional<URI> leader(URI server, String location) {
        if (location.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI target = server.resolve(location);
            boolean isHttp =
                    "http".equalsIgnoreCase(target.getScheme()) || "https".equalsIgnoreCase(target.getScheme());
            boolean isDowngrade =
                    "https".equalsIgnoreCase(server.getScheme()) && !"https".equalsIgnoreCase(target.getScheme());
            if (target.getHost() == null || !isHttp || isDowngrade) {
                return Optional.empty();
            }
            return Optional.of(configured(target)
                    .orElseGet(() ->
                            URI.create(target.getScheme() + "://" + target.getRawAuthority() + server.getRawPath())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String tokenFor(URI server) {
        return token.isEmpty() || configured(server).isEmpty() ? ANY_TOKEN : token;
    }

    private Optional<URI> configured(URI server) {
        return configured.stream()
                .filter(endpoint -> endpoint.getScheme().equalsIgnoreCase(server.getScheme())
                        && endpoint.getRawAuthority().equalsIgnoreCase(server.getRawAuthority()))
                .findFirst();
    }
}
