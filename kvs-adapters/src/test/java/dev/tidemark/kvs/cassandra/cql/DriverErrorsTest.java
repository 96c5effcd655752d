package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DriverErrorsTest {
    private static final EndPoint NODE = new EndPoint() {
        @Override
        public SocketAddress resolve() {
            return InetSocketAddress.createUnresolved("node", 9042);
        }

        @Override
        public String asMetricPrefix() {
            return "node";
        }
    };

    static Stream<Arguments> exceptions() {
        return Stream.of(
                Arguments.of(
                        new UnavailableException(null, ConsistencyLevel.ALL, 3, 2),
                        ErrorCode.STORE_UNAVAILABLE,
                        "consistency ALL needs 3 replicas, 2 are up"),
                Arguments.of(
                        new ReadTimeoutException(null, ConsistencyLevel.ALL, 1, 3, false),
                        ErrorCode.STORE_UNAVAILABLE,
                        "1 of 3 replicas answered at consistency ALL"),
                Arguments.of(
                        new CASWriteUnknownException(null, ConsistencyLevel.SERIAL, 1, 2),
                        ErrorCode.STORE_UNAVAILABLE,
                        "1 of 2 replicas answered at consistency SERIAL"),
                Arguments.of(new OverloadedException(null), ErrorCode.STORE_UNAVAILABLE, "overloaded"),
                Arguments.of(
                        new DriverTimeoutException("timed out after PT30S"),
                        ErrorCode.STORE_UNAVAILABLE,
                        "no answer: timed out after PT30S"),
                Arguments.of(
                        AllNodesFailedException.fromErrors(List.of()),
                        ErrorCode.STORE_UNAVAILABLE,
                        "no node of the local data center answers"),
                Arguments.of(new AuthenticationException(NODE, "bad"), ErrorCode.UNAUTHORIZED, "bad"),
                Arguments.of(new UnauthorizedException(null, "no MODIFY"), ErrorCode.UNAUTHORIZED, "no MODIFY"),
                Arguments.of(
                        new InvalidQueryException(null, "table x does not exist"), ErrorCode.UNKNOWN_TABLE, "table x"),
                Arguments.of(
                        new InvalidQueryException(null, "unconfigured table x"), ErrorCode.UNKNOWN_TABLE, "table x"),
                Arguments.of(
                        new InvalidQueryException(null, "unconfigured columnfamily x"),
                        ErrorCode.UNKNOWN_TABLE,
                        "columnfamily x"),
                Arguments.of(
                        new InvalidQueryException(null, "Keyspace 'k' doesn't exist"),
                        ErrorCode.STORE_UNAVAILABLE,
                        "Keyspace 'k'"),
                Arguments.of(
                        new InvalidQueryException(null, "keyspace k does not exist"),
                        ErrorCode.STORE_UNAVAILABLE,
                        "keyspace k"),
                Arguments.of(
                        new InvalidQueryException(null, "no such option"),
                        ErrorCode.STORE_UNSUPPORTED,
                        "no such option"),
                Arguments.of(new SyntaxError(null, "line 1:5"), ErrorCode.STORE_UNSUPPORTED, "line 1:5"));
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void translate_exceptionOfTheDriver_hasCodeAndReason(Exception thrown, ErrorCode code, String reason) {
        RuntimeException translated = DriverErrors.translate("read from table 'x'", new CompletionException(thrown));

        assertThat(translated).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessageStartingWith("can't read from table 'x': ").hasMessageContaining(reason);
            assertThat(e.getMessage()).doesNotEndWith(".");
            assertThat(e.hint()).endsWith(".");
            assertThat(e).hasCause(thrown);
        });
    }

    @Test
    void translate_defect_isLeft() {
        IllegalStateException defect = new IllegalStateException("session is closed");

        assertThat(DriverErrors.translate("read", new CompletionException(defect)))
                .isSameAs(defect);
    }

    @Test
    void translate_errorOfOurs_isLeft() {
        KeyValueStoreException ours = new KeyValueStoreException(ErrorCode.STORE_IN_USE, "in use", "Wait.");

        assertThat(DriverErrors.translate("read", ours)).isSameAs(ours);
    }
}
