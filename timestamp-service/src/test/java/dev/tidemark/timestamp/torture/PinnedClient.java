package dev.tidemark.timestamp.torture;

import dev.tidemark.timestamp.leader.HistoryChecker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that asks one server and follows nobody, so that also one that should not answer is asked. It notes when each request
 * began and what it was answered.
 */
final class PinnedClient implements Runnable {
    private static final Pattern RANGE =
            Pattern.compile("\\{\"inclusiveLower\":([0-9]+),\"inclusiveUpper\":([0-9]+)\\}");
    private static final int OK = 200;

    /** More than a pause lasts: what is answered after one is what the torture is about. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI server;
    private final HistoryChecker checker;
    private final CountDownLatch end;
    private final Random random;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    PinnedClient(URI server, HistoryChecker checker, CountDownLatch end, long seed) {
        this.server = server;
        this.checker = checker;
        this.end = end;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            while (end.getCount() > 0) {
                boolean hasAnswered = random.nextInt(50) == 0 ? fastForward() : issue(1 + random.nextInt(5));
                if (!hasAnswered && end.await(5 + random.nextInt(20), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks for one timestamp; returns whether there was one. */
    boolean tryOnce() {
        try {
            return issue(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean issue(int count) throws InterruptedException {
        int request = checker.begin();
        HttpResponse<String> response = post("/tl/ts/orders", "{\"numTimestamps\":" + count + "}");
        if (response == null || response.statusCode() != OK) {
            return false;
        }
        Matcher range = RANGE.matcher(response.body());
        if (!range.matches()) {
            throw new IllegalStateException("answer: " + response.body());
        }
        long lower = Long.parseLong(range.group(1));
        checker.answered(request, lower, (int) (Long.parseLong(range.group(2)) - lower + 1));
        return true;
    }

    private boolean fastForward() throws InterruptedException {
        long target = checker.greatest() + random.nextInt(1_500_000);
        HttpResponse<String> response =
                post("/orders/timestamp-management/fast-forward?currentTimestamp=" + target, "");
        if (response == null || response.statusCode() / 100 != 2) {
            return false;
        }
        checker.fastForwarded(target);
        return true;
    }

    /** Returns null when there was no answer. */
    private HttpResponse<String> post(String path, String body) throws InterruptedException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(server + path))
                            .timeout(TIMEOUT)
                            .header("Authorization", "Bearer q")
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        }
    }
}
