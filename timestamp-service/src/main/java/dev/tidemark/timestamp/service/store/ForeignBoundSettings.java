package dev.tidemark.timestamp.service.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.migration.ForeignBound;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.nio.file.Path;

/** Where AtlasDB has the limit of a sequence that is to be taken over: a file of its own, with one record for each kind of store. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({@JsonSubTypes.Type(value = AtlasDbPostgresSettings.class, name = "postgres")})
public interface ForeignBoundSettings {
    /**
     * Opens the limit.
     *
     * @throws TimestampException as {@link ForeignBound}
     */
    ForeignBound open();

    /**
     * Reads a file. {@code ${NAME}} in it stands for the environment variable.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} with the key, and the nearest known key
     */
    static ForeignBoundSettings read(Path file) {
        try {
            return new DefaultConfigurationFactoryFactory<ForeignBoundSettings>()
                    .create(ForeignBoundSettings.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                    .build(
                            new SubstitutingSourceProvider(
                                    new FileConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(true)),
                            file.toString());
        } catch (ConfigurationException | IOException | RuntimeException e) {
            throw new TimestampException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot read where the limit is: "
                            + String.valueOf(e.getMessage()).strip(),
                    "Correct the file '" + file + "'.",
                    e);
        }
    }
}
