package dev.tidemark.cli.bench.timestamp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** The client of Apache Omid, which all callers share as its users do; called by method handles, as it is not on our class path. */
final class OmidClient implements AutoCloseable {
    private static final String PACKAGE = "org.apache.omid.tso.client.";
    private static final Executor SAME_THREAD = Runnable::run;

    private final Object client;
    private final MethodHandle start;
    private final MethodHandle listen;
    private final MethodHandle close;

    private OmidClient(Object client, MethodHandle start, MethodHandle listen, MethodHandle close) {
        this.client = client;
        this.start = start;
        this.listen = listen;
        this.close = close;
    }

    /** Connects. */
    static OmidClient connect(String classPath, int port) {
        ClassLoader loader = OmidServer.loader(classPath);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try {
            Class<?> configurationType = Class.forName(PACKAGE + "OmidClientConfiguration", true, loader);
            Class<?> clientType = Class.forName(PACKAGE + "TSOClient", true, loader);
            Class<?> futureType = Class.forName(PACKAGE + "TSOFuture", true, loader);
            Object configuration = configurationType.getConstructor().newInstance();
            configurationType.getMethod("setConnectionString", String.class).invoke(configuration, "localhost:" + port);
            Object client =
                    clientType.getMethod("newInstance", configurationType).invoke(null, configuration);
            return new OmidClient(
                    client,
                    handle(clientType.getMethod("getNewStartTimestamp"))
                            .asType(MethodType.methodType(Future.class, Object.class)),
                    handle(futureType.getMethod("addListener", Runnable.class, Executor.class))
                            .asType(MethodType.methodType(void.class, Object.class, Runnable.class, Executor.class)),
                    handle(clientType.getMethod("close")).asType(MethodType.methodType(Future.class, Object.class)));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Omid's client is not as expected: " + e, e);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static MethodHandle handle(Method method) throws IllegalAccessException {
        return MethodHandles.publicLookup().unreflect(method);
    }

    /** Fetches a timestamp. */
    long fetch() {
        try {
            return (Long) ask().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in the middle of a request", e);
        }
    }

    /** Fetches a timestamp without waiting. */
    CompletableFuture<Long> fetchAsync() {
        Future<?> answer = ask();
        CompletableFuture<Long> future = new CompletableFuture<>();
        try {
            listen.invokeExact(
                    (Object) answer,
                    (Runnable) () -> {
                        try {
                            future.complete((Long) answer.get());
                        } catch (ExecutionException e) {
                            future.completeExceptionally(e.getCause());
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            future.completeExceptionally(e);
                        }
                    },
                    SAME_THREAD);
        } catch (Throwable e) {
            throw failed(e);
        }
        return future;
    }

    private Future<?> ask() {
        try {
            return (Future<?>) start.invoke(client);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(Throwable e) {
        return new IllegalStateException("Omid's client has failed: " + e, e);
    }

    @Override
    public void close() {
        try {
            Future<?> closed = (Future<?>) close.invoke(client);
            closed.get();
        } catch (Throwable e) {
            throw failed(e);
        }
    }
}
