package dev.tidemark.cli;

import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.operation.OperationListener;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/** Holds every backup in the middle of its copy, when it has told how far it is, until the gate is opened. */
final class CopyGate implements Decoration {
    private final CountDownLatch gate = new CountDownLatch(1);

    void open() {
        gate.countDown();
    }

    @Override
    public OperationListener listener(OperationListener listener) {
        InvocationHandler handler = (proxy, called, arguments) -> {
            try {
                called.invoke(listener, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (called.getName().equals("progress") && arguments[1].equals("copy")) {
                gate.await();
            }
            return null;
        };
        return OperationListener.class.cast(Proxy.newProxyInstance(
                OperationListener.class.getClassLoader(), new Class<?>[] {OperationListener.class}, handler));
    }
}
