package dev.tidemark.coordinator.archive.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InMemoryObjectStoreTest extends ObjectStoreContract {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void failNext_create_hasNoEffect() {
        store.failNext(InMemoryObjectStore.Operation.CREATE, new IllegalStateException("planned"));

        assertThatThrownBy(() -> store.create(key("a"), bytes("x"))).hasMessage("planned");

        assertThat(store.head(key("a"))).isEmpty();
        store.create(key("a"), bytes("x"));
    }

    @Test
    void failAfterNext_create_hasItsEffect() {
        store.failAfterNext(InMemoryObjectStore.Operation.CREATE, new IllegalStateException("planned"));

        assertThatThrownBy(() -> store.create(key("a"), bytes("x"))).hasMessage("planned");

        assertThat(store.head(key("a"))).isPresent();
    }

    @Test
    void observe_create_isToldBeforeAndAfter() {
        List<String> seen = new ArrayList<>();
        store.observe((operation, key, isDone) -> seen.add(operation + " " + key + " " + isDone));

        store.create(key("a"), bytes("x"));

        assertThat(seen).containsExactly("CREATE a false", "CREATE a true");
    }

    @Test
    void probe_storeThatOverwrites_isTooWeak() {
        ObjectStore weak = new Weakened(store) {
            @Override
            public void create(ObjectKey key, ByteBuffer content) {
                store.delete(key);
                store.create(key, content);
            }
        };

        assertCode(ErrorCode.ARCHIVE_TOO_WEAK, () -> new ObjectStoreProbe(weak, Runnable::run, new Random(1)).run());
        assertThat(store.list("", "", 10)).isEmpty();
    }

    @Test
    void probe_storeThatListsLate_isTooWeak() {
        ObjectStore weak = new Weakened(store) {
            @Override
            public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
                List<ObjectInfo> page = super.list(prefix, startAfter, limit);
                return prefix.endsWith("list/") && page.size() > 1 ? page.subList(0, 1) : page;
            }
        };

        assertCode(ErrorCode.ARCHIVE_TOO_WEAK, () -> new ObjectStoreProbe(weak, Runnable::run, new Random(1)).run());
    }

    @Test
    void probe_storeThatIgnoresRanges_isTooWeak() {
        ObjectStore weak = new Weakened(store) {
            @Override
            public byte[] read(ObjectKey key, long offset, int length) {
                return read(key);
            }
        };

        assertCode(ErrorCode.ARCHIVE_TOO_WEAK, () -> new ObjectStoreProbe(weak, Runnable::run, new Random(1)).run());
    }

    private static class Weakened implements ObjectStore {
        private final ObjectStore delegate;

        Weakened(ObjectStore delegate) {
            this.delegate = delegate;
        }

        @Override
        public void create(ObjectKey key, ByteBuffer content) {
            delegate.create(key, content);
        }

        @Override
        public byte[] read(ObjectKey key) {
            return delegate.read(key);
        }

        @Override
        public byte[] read(ObjectKey key, long offset, int length) {
            return delegate.read(key, offset, length);
        }

        @Override
        public Optional<ObjectInfo> head(ObjectKey key) {
            return delegate.head(key);
        }

        @Override
        public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
            return delegate.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(ObjectKey key) {
            delegate.delete(key);
        }

        @Override
        public String location() {
            return delegate.location();
        }
    }
}
