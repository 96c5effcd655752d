package dev.tidemark.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SerialListenerTest {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> renewed = new ArrayList<>();

    /** A terminal that is stopped, or a slow disk, must not cost an operation its lock. */
    @Test
    void lockRenewed_whileTheListenerIsBusy_doesNotWait() throws InterruptedException {
        SerialListener serial = new SerialListener(new OperationListener() {
            @Override
            public void note(String id, String message) {
                entered.countDown();
                awaitGate();
            }

            @Override
            public void lockRenewed(String id) {
                renewed.add(id);
            }
        });
        Thread busy = new Thread(() -> serial.note("a", "takes its time"));
        busy.start();
        entered.await();

        serial.lockRenewed("a");
        serial.lockRenewalFailed("a", "down");

        assertThat(renewed).isEmpty();
        gate.countDown();
        busy.join();
        serial.lockRenewed("a");
        assertThat(renewed).containsExactly("a");
    }

    @Test
    void lockRenewed_listenerFails_isNoneOfTheLocksBusiness() {
        SerialListener serial = new SerialListener(new OperationListener() {
            @Override
            public void lockRenewed(String id) {
                throw new IllegalStateException("planned");
            }
        });

        assertThatCode(() -> serial.lockRenewed("a")).doesNotThrowAnyException();
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
