package dev.tidemark.cli;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;

/**
 * Stands between a command and everything outside of its process, the archive, the oracle and the stores with all their nodes,
 * and tells a trap of every call. A call is named by interface and method, and for an object of the archive by the kind of its
 * key: {@code StoreNode.snapshot}, {@code ObjectStore.create journal}. Thread-safe.
 */
final class CallObserver implements Decoration {
    /** Stands for the step while there is none yet. */
    static final String BEFORE_STEPS = "before the steps";

    /** The call that stands for the begin of a step: its record is in the journal, and nothing else has happened. */
    static final String BEGIN = "Step.begin";

    private static final Set<Class<?>> SEAMS = Set.of(
            ObjectStore.class,
            TimestampClient.class,
            NamespaceOracle.class,
            StoreConnector.class,
            StoreCluster.class,
            StoreNode.class,
            StagingArea.class,
            StagingArea.StagedFile.class,
            TransactionTable.class);

    private final Trap trap;
    private volatile String step = BEFORE_STEPS;

    CallObserver(Trap trap) {
        this.trap = trap;
    }

    @Override
    public ObjectStore objectStore(ObjectStore objectStore) {
        return observe(ObjectStore.class, objectStore);
    }

    @Override
    public TimestampClient oracle(TimestampClient oracle) {
        return observe(TimestampClient.class, oracle);
    }

    @Override
    public StoreConnector connector(StoreConnector connector) {
        return observe(StoreConnector.class, connector);
    }

    @Override
    public OperationListener listener(OperationListener listener) {
        return observeSteps(listener);
    }

    private OperationListener observeSteps(OperationListener listener) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Object result = call(listener, method, arguments);
            if (method.getName().equals("stepStarted")) {
                step = (String) arguments[1];
                trap.onCall(step, BEGIN, true);
            }
            return result;
        };
        return OperationListener.class.cast(Proxy.newProxyInstance(
                CallObserver.class.getClassLoader(), new Class<?>[] {OperationListener.class}, handler));
    }

    private <T> T observe(Class<T> seam, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return call(target, method, arguments);
            }
            if (method.isDefault() && !isOverridden(method, target)) {
                return InvocationHandler.invokeDefault(proxy, method, arguments); // its parts are calls of their own
            }
            String name = name(seam, method, arguments);
            String current = step;
            trap.onCall(current, name, false);
            Object result = call(target, method, arguments);
            trap.onCall(current, name, true);
            return observed(method, result);
        };
        return seam.cast(Proxy.newProxyInstance(CallObserver.class.getClassLoader(), new Class<?>[] {seam}, handler));
    }

    private static boolean isOverridden(Method method, Object target) {
        try {
            return !target.getClass()
                    .getMethod(method.getName(), method.getParameterTypes())
                    .isDefault();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object observed(Method method, Object result) {
        if (result instanceof List<?> list) {
            return list.stream()
                    .map(element -> element instanceof StoreNode node ? observe(StoreNode.class, node) : element)
                    .toList();
        }
        return SEAMS.contains(method.getReturnType()) ? observeAs(method.getReturnType(), result) : result;
    }

    private <T> T observeAs(Class<T> seam, Object target) {
        return observe(seam, seam.cast(target));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static String name(Class<?> seam, Method method, Object[] arguments) {
        String name = seam.getSimpleName() + "." + method.getName();
        return arguments != null && arguments[0] instanceof ObjectKey key ? name + " " + kind(key) : name;
    }

    /** Returns the folder of an object of a namespace: {@code ns/NAMESPACE/FOLDER/...}. */
    private static String kind(ObjectKey key) {
        String[] segments = key.value().split("/", -1);
        return segments.length > 2 ? segments[2] : segments[0];
    }

    /** Hears of each call; what it throws comes out of the call. Called from several threads. */
    @FunctionalInterface
    interface Trap {
        /**
         * Receives one moment.
         *
         * @param step the step that runs
         * @param call the call's name
         * @param isDone false before its effect, true after it
         */
        void onCall(String step, String call, boolean isDone);
    }
}
