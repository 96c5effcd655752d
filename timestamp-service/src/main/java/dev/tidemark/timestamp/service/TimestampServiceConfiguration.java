package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;

/** The configuration file of the timestamp service: section {@code oracle}, and Dropwizard's own sections. */
public final class TimestampServiceConfiguration extends Configuration {
    @Valid
    @NotNull
    private final TimestampServiceSettings oracle;

    /** Creates a configuration with Dropwizard's defaults for the rest. */
    @JsonCreator
    public TimestampServiceConfiguration(@JsonProperty("oracle") TimestampServiceSettings oracle) {
        this.oracle = oracle;
    }

    /** Returns the section {@code oracle}. */
    @JsonProperty("oracle")
    public TimestampServiceSettings oracle() {
        return oracle;
    }
}
