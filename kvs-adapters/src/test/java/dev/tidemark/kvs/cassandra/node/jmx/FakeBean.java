package dev.tidemark.kvs.cassandra.node.jmx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ReflectionException;

/** An MBean with whatever operations and attributes a test gives it. */
final class FakeBean extends NotificationBroadcasterSupport implements DynamicMBean {
    private final List<FakeOperation> operations = new ArrayList<>();
    private final Map<String, Callable<Object>> attributes = new LinkedHashMap<>();

    /** What an operation does. */
    @FunctionalInterface
    interface Body {
        Object call(Object[] arguments) throws Exception;
    }

    private record FakeOperation(String name, List<String> types, Body body) {}

    FakeBean operation(String name, Body body, Class<?>... types) {
        operations.add(
                new FakeOperation(name, Arrays.stream(types).map(Class::getName).toList(), body));
        return this;
    }

    FakeBean attribute(String name, Callable<Object> value) {
        attributes.put(name, value);
        return this;
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException, MBeanException {
        Callable<Object> value = attributes.get(attribute);
        if (value == null) {
            throw new AttributeNotFoundException(attribute);
        }
        try {
            return value.call();
        } catch (Exception e) {
            throw new MBeanException(e);
        }
    }

    @Override
    public Object invoke(String action, Object[] arguments, String[] signature)
            throws MBeanException, ReflectionException {
        for (FakeOperation operation : operations) {
            if (operation.name().equals(action) && operation.types().equals(List.of(signature))) {
                try {
                    return operation.body().call(arguments);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new MBeanException(e);
                }
            }
        }
        throw new ReflectionException(new NoSuchMethodException(action), "no operation " + action);
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        return new MBeanInfo(
                getClass().getName(),
                "fake",
                attributes.keySet().stream()
                        .map(name -> new MBeanAttributeInfo(name, "java.lang.Object", "", true, false, false))
                        .toArray(MBeanAttributeInfo[]::new),
                null,
                operations.stream().map(FakeBean::info).toArray(MBeanOperationInfo[]::new),
                null);
    }

    private static MBeanOperationInfo info(FakeOperation operation) {
        MBeanParameterInfo[] parameters = operation.types().stream()
                .map(type -> new MBeanParameterInfo("p", type, ""))
                .toArray(MBeanParameterInfo[]::new);
        return new MBeanOperationInfo(operation.name(), "", parameters, "java.lang.Object", MBeanOperationInfo.ACTION);
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(Attribute attribute) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AttributeList setAttributes(AttributeList changes) {
        throw new UnsupportedOperationException();
    }
}
