package dev.tidemark.kvs.cassandra.server.container;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.cluster.NodeOptions;
import dev.tidemark.kvs.cassandra.server.cluster.NodePlan;
import dev.tidemark.kvs.cassandra.server.cluster.PlannedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** One node as a container, which is the same one in all of its lives. */
final class ContainerServer extends PlannedServer {
    private static final int MAX_STOP_SECONDS = 120;

    /** Runs what follows instead of the image's own script, which would change the configuration. */
    private static final String SCRIPT = "output=$1; shift; exec java \"$@\" >>\"$output\" 2>&1";

    /** Where the image has the jars. */
    private static final String CLASS_PATH = "/opt/cassandra/lib/*";

    private final DockerImageName image;
    private final CassandraVersion version;
    private final Holder holder;
    private final DockerClient engine = DockerClientFactory.lazyClient();

    private GenericContainer<?> container;

    ContainerServer(DockerImageName image, CassandraVersion version, NodePlan plan, Holder holder) {
        super(plan);
        this.image = image;
        this.version = version;
        this.holder = holder;
    }

    @Override
    public boolean isRunning() {
        return container != null && Boolean.TRUE.equals(state().getRunning());
    }

    @Override
    public boolean isPaused() {
        return container != null && Boolean.TRUE.equals(state().getPaused());
    }

    @Override
    public void launch() throws IOException {
        Files.createDirectories(plan().stored());
        if (container == null) {
            container = create();
            container.start();
        } else {
            engine.startContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void kill() {
        if (isRunning()) {
            engine.killContainerCmd(container.getContainerId()).exec();
            await(name() + " ends").atMost(Duration.ofSeconds(MAX_STOP_SECONDS)).until(() -> !isRunning());
        }
    }

    @Override
    public void stop() {
        resume();
        if (isRunning()) {
            engine.stopContainerCmd(container.getContainerId())
                    .withTimeout(MAX_STOP_SECONDS)
                    .exec();
        }
    }

    @Override
    public void pause() {
        if (isRunning() && !isPaused()) {
            engine.pauseContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void resume() {
        if (isPaused()) {
            engine.unpauseContainerCmd(container.getContainerId()).exec();
        }
    }

    void remove() {
        if (container != null) {
            container.stop();
        }
    }

    private GenericContainer<?> create() throws IOException {
        String directory = directory().getParent().toString();
        String options = NodeOptions.file(version).toString();
        String user = userOf(directory());
        return new GenericContainer<>(image)
                .withNetworkMode(holder.network())
                .withFileSystemBind(directory, directory, BindMode.READ_WRITE)
                .withFileSystemBind(options, options, BindMode.READ_ONLY)
                .withCommand(command().toArray(String[]::new))
                .withCreateContainerCmdModifier(command ->
                        command.withEntrypoint("sh", "-c", SCRIPT, "sh").withUser(user));
    }

    private List<String> command() {
        String jmxPort = Integer.toString(plan().jmxPort());
        List<String> command = new ArrayList<>(List.of(plan().output().toString()));
        command.addAll(NodeOptions.of(version, plan()));
        command.addAll(List.of(
                "-Duser.home=" + directory(), // the user has none in the image
                "-Dcassandra.jmx.remote.port=" + jmxPort,
                "-Dcom.sun.management.jmxremote.rmi.port=" + jmxPort,
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Dcom.sun.management.jmxremote.ssl=false",
                "-cp",
                CLASS_PATH,
                "org.apache.cassandra.service.CassandraDaemon"));
        return command;
    }

    /** Returns who owns a directory: the node must write its files as whoever runs the tests. */
    private static String userOf(Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:uid") + ":" + Files.getAttribute(directory, "unix:gid");
    }

    private ContainerState state() {
        return engine.inspectContainerCmd(container.getContainerId()).exec().getState();
    }
}
