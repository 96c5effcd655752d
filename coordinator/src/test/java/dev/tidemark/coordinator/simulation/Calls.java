package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.timestamp.NamespaceOracle;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Every call that a process makes to a store, the oracle or the archive goes through here: it is where processes die, where
 * others get their turn, and where faults strike. Calls of the world itself, which no process makes, pass untouched.
 */
final class Calls {
    /** Questions without I/O. */
    private static final Set<String> LOCAL = Set.of(
            "id",
            "location",
            "close",
            "isOpen",
            "leaseDurationMillis",
            "namespace",
            "cells",
            "transactionTable",
            "toString",
            "hashCode",
            "equals",
            "nodes",
            "targetNodes");

    /** Returned values whose own calls are calls to the same place. */
    private static final List<Class<?>> REMOTE = List.of(
            StoreNode.class,
            StoreCluster.class,
            StagingArea.class,
            StagingArea.StagedFile.class,
            CellStore.class,
            TransactionTable.class,
            NamespaceOracle.class);

    private final World world;
    private final Deque<Actor> running = new ArrayDeque<>();
    private int clock;

    Calls(World world) {
        this.world = world;
    }

    /** Returns the process that runs, or null when it is the world itself. */
    Actor current() {
        return running.peek();
    }

    /** Tells whether the process runs, or waits for a call to end. */
    boolean isRunning(Actor actor) {
        return running.contains(actor);
    }

    /** Returns how many processes wait below the running one for their call to end. */
    int depth() {
        return running.size();
    }

    /** Returns the number of calls so far: the order of all that happens. */
    int clock() {
        return clock;
    }

    /** Runs work as a process. */
    <T> T as(Actor actor, Supplier<T> work) {
        running.push(actor);
        try {
            return work.get();
        } finally {
            running.pop();
        }
    }

    void run(Actor actor, Runnable work) {
        as(actor, () -> {
            work.run();
            return null;
        });
    }

    /** Looks at the world from outside: no process, no fault. */
    <T> T outside(Supplier<T> work) {
        List<Actor> saved = new ArrayList<>(running);
        running.clear();
        try {
            return work.get();
        } finally {
            running.clear();
            running.addAll(saved);
        }
    }

    Object call(String name, Object[] arguments, Supplier<Object> effect) {
        Actor actor = current();
        if (actor == null) {
            return effect.get();
        }
        actor.requireAlive();
        clock++;
        world.log.add(world.time.nanos(), actor, name, arguments);
        Fault fault = world.chaos.before(actor, name, arguments);
        world.observer.before(actor, name, arguments);
        Object result = world.sabotage.call(new Call(world, actor, name, arguments, effect));
        boolean isDurable = fault != Fault.FSYNC_FAILURE && fault != Fault.POWER_LOSS;
        world.observer.after(actor, name, arguments, result, isDurable);
        if (!isDurable) {
            world.chaos.afterCreation(actor, fault, (ObjectKey) arguments[0]);
        } else if (fault != null) {
            world.chaos.after(actor, fault, name);
        }
        return result;
    }

    /** Returns the object behind a wall of calls that are named {@code place.method}. */
    <T> T remote(Class<T> type, String place, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> invoke(place, target, method, arguments, proxy);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object invoke(String place, Object target, Method method, Object[] arguments, Object proxy)
            throws Throwable {
        if (method.isDefault() && isInherited(target, method)) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        if (LOCAL.contains(method.getName())) {
            return wrap(place, unwrapped(target, method, arguments));
        }
        Object result = call(place + "." + method.getName(), arguments, () -> unwrapped(target, method, arguments));
        return wrap(place, result);
    }

    private static boolean isInherited(Object target, Method method) throws NoSuchMethodException {
        return target.getClass()
                .getMethod(method.getName(), method.getParameterTypes())
                .isDefault();
    }

    private Object wrap(String place, Object result) {
        if (result instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof StoreNode) {
            return list.stream()
                    .map(node -> remote(StoreNode.class, place, (StoreNode) node))
                    .toList();
        }
        for (Class<?> type : REMOTE) {
            if (type.isInstance(result)) {
                return wrapAs(type, place, result);
            }
        }
        return result;
    }

    private <T> T wrapAs(Class<T> type, String place, Object result) {
        return remote(type, place, type.cast(result));
    }

    static Object unwrapped(Object target, Method method, Object[] arguments) {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw Calls.<RuntimeException>sneaky(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checked exceptions of the interfaces pass as they are. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable cause) throws E {
        throw (E) cause;
    }
}
