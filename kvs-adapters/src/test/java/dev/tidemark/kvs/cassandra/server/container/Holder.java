package dev.tidemark.kvs.cassandra.server.container;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.tidemark.kvs.cassandra.server.cluster.ClusterPlan;
import java.util.List;
import java.util.stream.IntStream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** The container whose network all nodes of a cluster share. It outlives each of them, and so do the ports that it publishes. */
final class Holder {
    private final GenericContainer<?> container;

    Holder(DockerImageName image, ClusterPlan plan) {
        List<Integer> ports = plan.nodes().stream()
                .flatMapToInt(node -> IntStream.of(node.cqlPort(), node.jmxPort()))
                .boxed()
                .toList();
        // Of the image of the nodes, so that no other is needed.
        this.container = new GenericContainer<>(image)
                .withCommand("infinity")
                .withCreateContainerCmdModifier(command -> publish(command.withEntrypoint("sleep"), ports));
    }

    void start() {
        container.start();
    }

    void remove() {
        container.stop();
    }

    /** Returns the network mode that puts another container in this network. */
    String network() {
        return "container:" + container.getContainerId();
    }

    private static void publish(CreateContainerCmd command, List<Integer> ports) {
        command.withExposedPorts(ports.stream().map(ExposedPort::tcp).toList());
        command.getHostConfig()
                .withPortBindings(ports.stream().map(Holder::unchanged).toList());
    }

    /** The driver and RMI hear port numbers from the nodes: they must be the same outside. */
    private static PortBinding unchanged(int port) {
        return new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", port), ExposedPort.tcp(port));
    }
}
