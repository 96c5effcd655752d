package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;

/** The configuration file of the timestamp service: sections {@code oracle} and {@code hotPath}, and Dropwizard's own sections. */
public final class TimestampServiceConfiguration extends Configuration {
    @Valid
    @NotNull
    private final TimestampServiceSettings oracle;

    @Valid
    @NotNull
    private HotPathSettings hotPath = HotPathSettings.DEFAULT;

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

    /** Returns the section {@code hotPath}. */
    @JsonProperty("hotPath")
    public HotPathSettings hotPath() {
        return hotPath;
    }

    /** Sets the section {@code hotPath}. */
    @JsonProperty("hotPath")
    public void setHotPath(HotPathSettings hotPath) {
        this.hotPath = hotPath;
    }
}
