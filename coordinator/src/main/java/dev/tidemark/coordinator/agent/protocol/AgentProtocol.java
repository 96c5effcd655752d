package dev.tidemark.coordinator.agent.protocol;

import java.time.Duration;
import java.util.regex.Pattern;

/** Names and limits of the protocol. */
public final class AgentProtocol {
    /** Version of the protocol. An agent of another one is not talked to. */
    public static final int VERSION = 1;

    /** Header of every answer of an agent; its value is the version. */
    public static final String AGENT_HEADER = "Tidemark-Agent";

    /** Path below which everything is. */
    public static final String ROOT = "/v1";

    /** Greatest body of a request and of an answer in JSON, bytes: room for two file lists with all the parts that they may have. */
    public static final int MAX_JSON_BYTES = 16 << 20;

    /** Greatest piece of a staged file in one request, bytes. */
    public static final int MAX_PIECE_BYTES = 1 << 20;

    /** Most files in one page of a listing. */
    public static final int MAX_PAGE = 5_000;

    /** Longest time for which an agent lets a client wait for a task. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(20);

    private static final Pattern TASK_ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,249}");

    private AgentProtocol() {}

    /** Tells whether a task can have this id: 1..250 characters of {@code A-Z a-z 0-9 _ . -}. */
    public static boolean isTaskId(String text) {
        return TASK_ID.matcher(text).matches();
    }
}
