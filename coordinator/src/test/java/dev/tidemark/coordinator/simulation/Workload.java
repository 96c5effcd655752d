package dev.tidemark.coordinator.simulation;

import java.util.ArrayList;
import java.util.List;

/** The clients that live in a world, and the replication that goes on by itself. */
final class Workload {
    private static final int MAX_SLOW = 3;

    private final World world;
    private final List<Client> clients = new ArrayList<>();
    private final List<SlowTransaction> slow = new ArrayList<>();
    private int clientsMade;
    private boolean isStopped = true;

    Workload(World world) {
        this.world = world;
    }

    void open() {
        Client first = newClient();
        first.open();
        start();
    }

    private Client newClient() {
        Client client = new Client(world, "client-" + ++clientsMade);
        client.actor.isDisturbed = !world.isServing() || world.chaos.isNodeDown();
        clients.add(client);
        return client;
    }

    /** Lets one of those who are not waiting for a call do one thing. */
    void step() {
        if (isStopped) {
            return;
        }
        int choice = world.random.nextInt(100);
        if (choice < 10) {
            world.stores.values().forEach(store -> store.deliver(world.random.nextInt(world.options.nodes())));
        } else if (choice < 45 && !world.isBrisk) {
            stepSlow();
        } else {
            stepClient();
        }
    }

    private void stepSlow() {
        slow.removeIf(SlowTransaction::isDone);
        if (slow.size() < MAX_SLOW && (slow.isEmpty() || world.random.nextInt(3) == 0)) {
            slow.add(new SlowTransaction(world, "slow-" + world.nextId()));
        }
        SlowTransaction chosen = slow.get(world.random.nextInt(slow.size()));
        if (!isBusy(chosen.actor)) {
            chosen.step();
        }
    }

    private void stepClient() {
        clients.removeIf(Client::isDead);
        if (clients.isEmpty() || (clients.size() < 2 && world.random.nextInt(8) == 0)) {
            newClient();
        }
        Client chosen = clients.get(world.random.nextInt(clients.size()));
        if (!isBusy(chosen.actor)) {
            chosen.step();
        }
    }

    private boolean isBusy(Actor actor) {
        return world.calls.isRunning(actor);
    }

    /** Notes that from now on clients may meet more than conflicts. */
    void disturb() {
        clients.forEach(client -> client.actor.isDisturbed = true);
    }

    /** Kills every client; docs/consistency.rst asks for it before an oracle is restored that nobody has anything of. */
    void killAll() {
        clients.forEach(client -> client.actor.isDead = true);
        slow.forEach(client -> client.actor.isDead = true);
        clients.clear();
        slow.clear();
    }

    void stop() {
        isStopped = true;
    }

    void start() {
        isStopped = false;
    }

    boolean isStopped() {
        return isStopped;
    }

    /**
     * Ends the clients whose entry may be on its way from before the fence to after the restore: docs/consistency.rst, "The pause
     * between the check and the entry". Those whose entry is in the backup may go on.
     *
     * @param firstSnapshot of the backup that was restored, in calls
     */
    void endThoseOnTheirWay(int firstSnapshot) {
        for (SlowTransaction transaction : slow) {
            boolean isInBackup = transaction.entryAt() >= 0 && transaction.entryAt() < firstSnapshot;
            if (transaction.isBetweenCheckAndEntry() && !isInBackup) {
                transaction.actor.isDead = true;
            }
        }
    }

    /** Ends everything in good order. */
    void close() {
        stop();
        for (SlowTransaction transaction : slow) {
            for (int i = 0; i < 20 && !transaction.isDone(); i++) {
                transaction.step();
            }
        }
        clients.forEach(Client::close);
        killAll();
    }
}
