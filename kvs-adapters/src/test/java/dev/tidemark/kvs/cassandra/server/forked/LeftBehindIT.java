package dev.tidemark.kvs.cassandra.server.forked;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Nothing stays behind when a run of tests is killed. */
class LeftBehindIT {
    private static final int MAX_WAIT_SECONDS = 120;

    @Test
    void start_jvmOfTheTestsIsKilledWhileTheNodeIsPaused_nodeEnds() throws Exception {
        Process tests = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-Dcassandra.runtimes=" + System.getProperty("cassandra.runtimes"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tests.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ProcessHandle node;
        try (BufferedReader lines = tests.inputReader()) {
            node = ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            assertThat(Path.of("/proc", Long.toString(node.pid()), "status"))
                    .content()
                    .contains("State:\tT (stopped)");
        } finally {
            tests.destroyForcibly();
        }

        node.onExit().get(MAX_WAIT_SECONDS, TimeUnit.SECONDS);

        assertThat(tests.waitFor(MAX_WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** The process that is killed. */
    static final class Tests {
        private Tests() {}

        /** Starts a node, pauses it and says its process id. */
        public static void main(String[] arguments) throws Exception {
            CassandraServers servers = new ForkedProvider().start(ClusterShape.of(CassandraVersion.APACHE_5_0, 1));
            ForkedServer node = (ForkedServer) servers.nodes().get(0);
            node.pause();
            System.out.println(node.process().pid());
            Thread.currentThread().join();
        }
    }
}
