package dev.tidemark.kvs.cassandra.server;

import java.util.ServiceLoader;

/** A way to run Cassandra. Found by {@link ServiceLoader}; the system property {@value #PROPERTY} says which. */
public interface ServerProvider {
    /** The system property that names a provider. */
    String PROPERTY = "cassandra.provider";

    /** The provider that needs nothing but Maven. */
    String DEFAULT = "forked";

    String name();

    /** Starts a cluster and waits as {@link CassandraServers#awaitAllUp}. It lives until it is closed or this JVM has ended. */
    CassandraServers start(ClusterShape shape);

    /**
     * Returns the provider that this run asks for.
     *
     * @throws IllegalStateException if there is none of that name
     */
    static ServerProvider chosen() {
        return named(System.getProperty(PROPERTY, DEFAULT));
    }

    /**
     * Returns a provider.
     *
     * @throws IllegalStateException if there is none of that name
     */
    static ServerProvider named(String name) {
        ServiceLoader<ServerProvider> providers = ServiceLoader.load(ServerProvider.class);
        for (ServerProvider provider : providers) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new IllegalStateException(PROPERTY + ": '" + name + "' (expected one of: "
                + providers.stream().map(provider -> provider.get().name()).toList() + ")");
    }
}
