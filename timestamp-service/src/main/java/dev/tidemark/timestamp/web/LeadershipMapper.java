package dev.tidemark.timestamp.web;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.net.URI;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a request that only the leader may answer to where it may be answered; turns everything else into an error as usual. */
public final class LeadershipMapper implements ExceptionMapper<TimestampException> {
    private static final Logger LOG = LoggerFactory.getLogger(LeadershipMapper.class);
    private static final int PERMANENT_REDIRECT = 308;

    private final LeaderRedirects redirects;
    private final ErrorMapper errors;

    @Context
    private UriInfo uri;

    @Context
    private HttpHeaders headers;

    /** Creates the mapper. */
    public LeadershipMapper(LeaderRedirects redirects, ErrorMapper errors) {
        this.redirects = redirects;
        this.errors = errors;
    }

    @Override
    public Response toResponse(TimestampException error) {
        if (error.code() != ErrorCode.NOT_LEADER) {
            return errors.toResponse(error);
        }
        URI request = uri.getRequestUri();
        Optional<String> location = redirects.location(
                request.getRawPath(), request.getRawQuery(), headers.getHeaderString(HttpHeaders.USER_AGENT));
        if (location.isEmpty()) {
            return errors.toResponse(error);
        }
        LOG.debug("request sent on to {}", location.get());
        return Response.status(PERMANENT_REDIRECT)
                .header(HttpHeaders.LOCATION, location.get())
                .build();
    }
}
