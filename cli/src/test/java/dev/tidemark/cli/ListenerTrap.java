package dev.tidemark.cli;

import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.operation.OperationListener;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Does something when an operation tells what it does, and leaves everything else as it is: agents stay what they are. */
final class ListenerTrap implements Decoration {
    private final String method;
    private final String text;
    private final Runnable action;

    private ListenerTrap(String method, String text, Runnable action) {
        this.method = method;
        this.text = text;
        this.action = action;
    }

    /** Runs the action each time that a step tells how far it is. */
    static ListenerTrap onProgress(String step, Runnable action) {
        return new ListenerTrap("progress", step, action);
    }

    /** Runs the action each time that a step begins. */
    static ListenerTrap onStep(String step, Runnable action) {
        return new ListenerTrap("stepStarted", step, action);
    }

    /** Runs the action each time that a note with the given text is told. */
    static ListenerTrap onNote(String text, Runnable action) {
        return new ListenerTrap("note", text, action);
    }

    @Override
    public OperationListener listener(OperationListener listener) {
        InvocationHandler handler = (proxy, called, arguments) -> {
            if (called.getName().equals(method) && ((String) arguments[1]).contains(text)) {
                action.run();
            }
            try {
                return called.invoke(listener, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return OperationListener.class.cast(Proxy.newProxyInstance(
                OperationListener.class.getClassLoader(), new Class<?>[] {OperationListener.class}, handler));
    }
}
