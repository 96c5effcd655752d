package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Reads a {@link TidemarkConfiguration} from a YAML file. Every error names file, line and key. Thread-safe. */
public final class ConfigurationReader {
    /** Every alternative that a {@code type} can choose. A new adapter is registered here and nowhere else. */
    private static final List<Class<?>> ALTERNATIVES = List.of(
            ArchiveConfiguration.Filesystem.class,
            S3Archive.class,
            S3Access.DefaultChain.class,
            S3Access.Profile.class,
            S3Access.KeyPair.class,
            KeyConfiguration.Passphrase.class,
            KeyConfiguration.KeyFile.class,
            KeyConfiguration.PublicKey.class,
            KeyConfiguration.AwsKms.class,
            OracleConfiguration.Http.class,
            OracleConfiguration.File.class,
            StoreConfiguration.RocksDb.class,
            StoreConfiguration.Cassandra.class);

    /** One file does for the command line and for the service, which checks these itself. */
    private static final List<String> SECTIONS_OF_THE_SERVICE = List.of(
            "service",
            "access",
            "monitoring",
            "notifications",
            "tracing",
            "server",
            "logging",
            "metrics",
            "health",
            "admin");

    private static final long MAX_BYTES = 1024 * 1024;
    private static final String SEE_DOCS = "See docs/configuration.rst for the keys and their values.";

    /** Creates a reader. */
    public ConfigurationReader() {}

    /**
     * Reads and checks a file. Opens nothing that it names.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when the file can't be read, has a key that is not
     *     known or is there twice, or a value that is not acceptable
     */
    public TidemarkConfiguration read(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return parse(file, text(absolute), TidemarkConfiguration.class, SECTIONS_OF_THE_SERVICE);
    }

    /**
     * Reads and checks a text that is configured beside the configuration. Opens nothing that it names.
     *
     * @param file where the text is from, for errors and relative paths
     * @param type a record whose components are the keys
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} as {@link #read} does
     */
    public <T extends Record> T parse(Path file, String text, Class<T> type) {
        return parse(file, text, type, List.of());
    }

    private static <T extends Record> T parse(Path file, String text, Class<T> type, List<String> ofOthers) {
        YamlSource source = YamlSource.parse(file, text);
        try {
            YAMLMapper mapper = mapper(file.toAbsolutePath().normalize().getParent());
            JsonNode tree = mapper.readTree(text);
            if (tree instanceof ObjectNode sections) {
                sections.remove(ofOthers);
            }
            new KeyChecker(source, ALTERNATIVES).check("", tree, type);
            return mapper.treeToValue(tree, type);
        } catch (JsonMappingException e) {
            throw translate(source, e);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            throw source.error(
                    line, "is not valid YAML: " + e.getOriginalMessage(), "Correct the syntax in this line.");
        }
    }

    private static String text(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
                throw new CoordinatorException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "configuration '" + file + "' has " + Files.size(file) + " bytes (expected: at most "
                                + MAX_BYTES + ")",
                        "Check that the right file is named.");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "configuration '" + file + "' does not exist",
                    "Name the file with --config or the environment variable TIDEMARK_CONFIG.",
                    e);
        } catch (CharacterCodingException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "configuration '" + file + "' is not UTF-8 text",
                    "Check that the right file is named.",
                    e);
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "configuration '" + file + "' can't be read: " + e.getMessage(),
                    "Check that the file exists and that this user may read it.",
                    e);
        }
    }

    private static YAMLMapper mapper(Path directory) {
        YAMLMapper mapper = YAMLMapper.builder()
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .build();
        teach(mapper, directory);
        return mapper;
    }

    /**
     * Teaches another mapper to read sections of this package: for a process whose configuration has more in it.
     *
     * @param directory what relative paths are resolved against
     */
    public static void teach(ObjectMapper mapper, Path directory) {
        ALTERNATIVES.forEach(mapper::registerSubtypes);
        mapper.registerModule(new SimpleModule("tidemark-configuration")
                .addDeserializer(Path.class, new PathDeserializer(directory))
                .addDeserializer(Duration.class, new DurationDeserializer())
                .addDeserializer(Instant.class, new InstantDeserializer())
                .addDeserializer(ZoneId.class, new ZoneDeserializer()));
    }

    private static CoordinatorException translate(YamlSource source, JsonMappingException e) {
        String path = path(e);
        int line = source.line(path);
        if (e instanceof ValueInstantiationException && e.getCause() instanceof IllegalArgumentException constraint) {
            String where = path.isEmpty() ? "" : "in '" + path + "': ";
            return source.error(line, where + constraint.getMessage(), SEE_DOCS);
        }
        String expected =
                e instanceof MismatchedInputException mismatch ? expectation(mismatch) : e.getOriginalMessage();
        return source.error(line, "value of '" + path + "' is not acceptable: " + expected, SEE_DOCS);
    }

    private static String expectation(MismatchedInputException e) {
        Class<?> target = Objects.requireNonNullElse(e.getTargetType(), Object.class);
        if (target == Path.class || target == Duration.class || target == Instant.class || target == ZoneId.class) {
            return e.getOriginalMessage();
        }
        if (target == Integer.class || target == Integer.TYPE) {
            return "expected: a whole number";
        }
        if (target == String.class) {
            return "expected: text";
        }
        if (Collection.class.isAssignableFrom(target)) {
            return "expected: a list";
        }
        if (target.isRecord() || target.isInterface()) {
            return "expected: a section with keys";
        }
        return e.getOriginalMessage();
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(reference -> reference.getFieldName() == null
                        ? String.valueOf(reference.getIndex())
                        : reference.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static final class PathDeserializer extends StdScalarDeserializer<Path> {
        private static final long serialVersionUID = 1L;

        private final transient Path directory;

        private PathDeserializer(Path directory) {
            super(Path.class);
            this.directory = directory;
        }

        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text =
                    parser.currentToken().isScalarValue() ? parser.getText().strip() : "";
            if (text.isEmpty() || parser.currentToken() == JsonToken.VALUE_NULL) {
                throw MismatchedInputException.from(parser, Path.class, "expected: a path");
            }
            try {
                return directory.resolve(text).normalize();
            } catch (InvalidPathException e) {
                throw MismatchedInputException.from(parser, Path.class, "expected: a path, but " + e.getReason());
            }
        }
    }

    private static final class ZoneDeserializer extends StdScalarDeserializer<ZoneId> {
        private static final long serialVersionUID = 1L;

        private ZoneDeserializer() {
            super(ZoneId.class);
        }

        @Override
        public ZoneId deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw MismatchedInputException.from(
                        parser, ZoneId.class, "'" + text + "' (expected: a time zone such as UTC or Europe/Berlin)");
            }
        }
    }

    private static final class DurationDeserializer extends StdScalarDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationDeserializer() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw MismatchedInputException.from(
                        parser, Duration.class, "'" + text + "' (expected: a duration such as PT15S, PT0.2S or PT1M)");
            }
        }
    }

    private static final class InstantDeserializer extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        private InstantDeserializer() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw MismatchedInputException.from(
                        parser, Instant.class, "'" + text + "' (expected: an instant such as 2026-03-01T06:00:00Z)");
            }
        }
    }
}
