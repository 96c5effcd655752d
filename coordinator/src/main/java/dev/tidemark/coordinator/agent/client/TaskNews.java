package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import java.util.function.Consumer;

/** Tells what is new in the status of a task, once. Not thread-safe. */
final class TaskNews {
    private final AgentClient client;
    private final RemoteNode node;
    private final Consumer<String> notes;
    private int toldNotes;
    private boolean isPaused;

    TaskNews(AgentClient client, RemoteNode node, Consumer<String> notes) {
        this.client = client;
        this.node = node;
        this.notes = notes;
    }

    void tell(TaskStatus status) {
        if (status.notes().size() < toldNotes) {
            toldNotes = 0; // the agent has forgotten the task and begun it again
        }
        for (String note : status.notes().subList(toldNotes, status.notes().size())) {
            notes.accept("node '" + node.id() + "': " + note);
        }
        toldNotes = status.notes().size();
        if (status.progress().isPaused() != isPaused) {
            isPaused = status.progress().isPaused();
            notes.accept("copying is " + (isPaused ? "paused" : "resumed") + " at the agent of node '" + node.id()
                    + "', " + client.settings().endpoint());
        }
    }
}
