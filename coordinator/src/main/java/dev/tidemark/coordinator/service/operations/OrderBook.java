package dev.tidemark.coordinator.service.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orders of one namespace in the archive. Each has up to three documents, each created once and in this order:
 * {@code orders/MONTH/NUMBER.accepted}, {@code NUMBER.begun} with the id of the operation, {@code NUMBER.ended}. Thread-safe.
 *
 * <p>An order without an end has to be carried out. What has ended is removed with its month; the journal and the audit log of the
 * operation stay.
 */
public final class OrderBook {
    private static final Logger LOG = LoggerFactory.getLogger(OrderBook.class);
    private static final String FOLDER = "orders/";
    private static final String ACCEPTED = ".accepted";
    private static final String BEGUN = ".begun";
    private static final String ENDED = ".ended";
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final NamespaceArchive archive;

    /** @param archive the namespace, opened for its records at least */
    public OrderBook(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Writes an order down; durable on return.
     *
     * @return the order under this id: the given one, or the one that was there before
     */
    AcceptedOrder accept(AcceptedOrder order) {
        create(order.id(), ACCEPTED, order);
        return read(order.id(), ACCEPTED, AcceptedOrder.class);
    }

    /**
     * Writes down which operation an order came to.
     *
     * @return the operation: the given one, or the one that somebody else has begun before
     */
    String begin(String id, String operationId) {
        create(id, BEGUN, new Begun(Begun.FORMAT_VERSION, operationId));
        return read(id, BEGUN, Begun.class).operationId();
    }

    /**
     * Writes down how an order has ended; durable on return.
     *
     * @return how it has ended: as given, or as somebody else has written before
     */
    OrderEnd end(String id, OrderEnd end) {
        create(id, ENDED, end);
        return read(id, ENDED, OrderEnd.class);
    }

    /** Returns an order, if there is one of this id. */
    Optional<AcceptedOrder> find(String id) {
        return find(id, ACCEPTED, AcceptedOrder.class);
    }

    /** Returns the operation that an order came to, if it has begun. */
    Optional<String> operationId(String id) {
        return find(id, BEGUN, Begun.class).map(Begun::operationId);
    }

    /** Returns how an order has ended, if it has. */
    Optional<OrderEnd> findEnd(String id) {
        return find(id, ENDED, OrderEnd.class);
    }

    /** Returns the orders without an end, the oldest first. One that can't be read is left out, and keeps nobody from the others. */
    List<AcceptedOrder> unended() {
        List<AcceptedOrder> orders = new ArrayList<>();
        listed().forEach((id, parts) -> {
            if (parts.contains(ACCEPTED) && !parts.contains(ENDED)) {
                readable(id).ifPresent(orders::add);
            }
        });
        orders.sort(Comparator.comparing(AcceptedOrder::acceptedAt).thenComparing(AcceptedOrder::id));
        return orders;
    }

    /**
     * Removes the orders of months before the given one that have ended. The end goes last, so that an order that is half removed is
     * not carried out again.
     */
    void removeBefore(YearMonth month) {
        listed().forEach((id, parts) -> {
            boolean isOld = OrderId.parse(id).orElseThrow().month().isBefore(month);
            if (isOld && parts.contains(ENDED)) {
                List.of(ACCEPTED, BEGUN, ENDED).forEach(part -> archive.store().delete(key(id, part)));
            }
        });
    }

    /** Returns which documents each order has. */
    private Map<String, Set<String>> listed() {
        Map<String, Set<String>> found = new TreeMap<>();
        archive.forEachKey(FOLDER, key -> {
            String[] segments = key.value().split("/");
            String name = key.name();
            int dot = name.indexOf('.');
            if (dot > 0) {
                String id = segments[segments.length - 2] + "-" + name.substring(0, dot);
                if (OrderId.parse(id).isPresent()) {
                    found.computeIfAbsent(id, order -> new HashSet<>()).add(name.substring(dot));
                }
            }
        });
        return found;
    }

    /** Returns a value as it is in answers and documents. */
    static JsonNode toTree(Object value) {
        return MAPPER.valueToTree(value);
    }

    static void requireVersion(int version, int expected) {
        if (version != expected) {
            throw new IllegalArgumentException("formatVersion: " + version + " (expected: " + expected + ")");
        }
    }

    /** Of two creators one wins, and both go on with what is there. */
    private void create(String id, String part, Object document) {
        try {
            archive.documents()
                    .create(key(id, part), MAPPER.writeValueAsString(document).getBytes(StandardCharsets.UTF_8));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write " + document.getClass().getSimpleName() + " as JSON", e);
        }
    }

    private Optional<AcceptedOrder> readable(String id) {
        try {
            return find(id);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED && e.code() != ErrorCode.UNKNOWN_FORMAT_VERSION) {
                throw e;
            }
            LOG.error("order '{}' of '{}' is never carried out: {}", id, archive.namespace(), e.getMessage());
            return Optional.empty();
        }
    }

    private <T> Optional<T> find(String id, String part, Class<T> type) {
        try {
            return Optional.of(read(id, part, type));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private <T> T read(String id, String part, Class<T> type) {
        ObjectKey key = key(id, part);
        try {
            return MAPPER.readValue(archive.documents().read(key), type);
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_FORMAT_VERSION,
                    "record '" + key + "' can't be read by this version",
                    "Use the version of Tidemark that wrote it.",
                    e);
        }
    }

    private ObjectKey key(String id, String part) {
        OrderId name = OrderId.parse(id)
                .orElseThrow(() -> new IllegalArgumentException("id: '" + id + "' (expected: that of an order)"));
        return archive.key(FOLDER + OrderId.folder(name.month()) + "/" + name.number() + part);
    }

    /** That an order has begun: the sealed document {@code ns/NS/orders/MONTH/NUMBER.begun}. */
    private record Begun(int formatVersion, String operationId) {
        static final int FORMAT_VERSION = 1;

        Begun {
            requireVersion(formatVersion, FORMAT_VERSION);
            if (operationId == null || operationId.isEmpty()) {
                throw new IllegalArgumentException("operationId: none (expected: the id of an operation)");
            }
        }
    }
}
