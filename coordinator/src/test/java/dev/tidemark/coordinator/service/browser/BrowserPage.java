package dev.tidemark.coordinator.service.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A page in a browser, and somebody with a mouse and a keyboard before it. */
public final class BrowserPage {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOKS_AGAIN_AFTER = Duration.ofMillis(50);
    private static final Map<String, Integer> KEYS =
            Map.of("Tab", 9, "Enter", 13, "Escape", 27, "End", 35, "Home", 36, "ArrowLeft", 37, "ArrowRight", 39);

    /** Finds what can be pressed or followed by the words on it, as people do. */
    private static final String FIND =
            """
            const wanted = WORDS;
            const shown = [...(document.querySelector('dialog[open]') ?? document).querySelectorAll('a, button, summary, label, input')]
                .filter(element => element.getClientRects().length > 0);
            const found = shown.find(element => element.textContent.trim() === wanted)
                ?? shown.find(element => element.textContent.trim().startsWith(wanted));
            """;

    private final DevTools devTools;
    private final String session;

    BrowserPage(DevTools devTools, String session) {
        this.devTools = devTools;
        this.session = session;
        Stream.of("Page", "Runtime", "Log", "Network").forEach(domain -> call(domain + ".enable", Map.of()));
    }

    /** Goes to an address. */
    public void go(URI address) {
        call("Page.navigate", Map.of("url", address.toString()));
        await("document.readyState === 'complete'");
    }

    /** Sets the size of the window in CSS pixels. */
    public void resize(int width, int height) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Has the page know that its reader prefers {@code dark} or {@code light}. */
    public void prefer(String scheme) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Evaluates an expression, awaits it if it is a promise, and returns its value. */
    public JsonNode evaluate(String expression) {
        JsonNode answer = call(
                "Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.get("result").path("value");
    }

    /** Waits until an expression is true. */
    public void await(String expression) {
        Awaitility.await(expression)
                .atMost(PATIENCE)
                .pollInterval(LOOKS_AGAIN_AFTER)
                .pollDelay(Duration.ZERO)
                .until(() -> evaluate("Boolean(" + expression + ")").booleanValue());
    }

    /** Waits until somebody who looks at the page can read a text. */
    public void awaitText(String text) {
        try {
            await("document.body.innerText.includes(" + TextNode.valueOf(text) + ")");
        } catch (RuntimeException e) {
            throw new AssertionError("'" + text + "' is not to be read on the page: " + text(), e);
        }
    }

    /** Returns everything that can be read. */
    public String text() {
        return evaluate("document.body.innerText").textValue();
    }

    /** Waits for a button, link or field with these words, and clicks it. */
    public void click(String words) {
        String found =
                "(() => { " + FIND.replace("WORDS", TextNode.valueOf(words).toString());
        try {
            await(found + " return found !== undefined; })()");
        } catch (RuntimeException e) {
            throw new AssertionError("there is no '" + words + "' to be clicked: " + text(), e);
        }
        JsonNode place = evaluate(found
                + " found.scrollIntoView({block: 'center'}); const box = found.getClientRects()[0];"
                + " return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()");
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            place.get("x").doubleValue(),
                            "y",
                            place.get("y").doubleValue(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    /** Types a text where the focus is. */
    public void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Presses a key: one of those that move, choose or leave. */
    public void press(String key) {
        boolean isText = key.equals("Enter");
        for (String type : List.of(isText ? "keyDown" : "rawKeyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type", type,
                            "key", key,
                            "code", key,
                            "windowsVirtualKeyCode", KEYS.get(key),
                            "text", isText ? "\r" : ""));
        }
    }

    /** Returns the words on what has the focus, or its accessible name. */
    public String focused() {
        return evaluate(
                        "document.activeElement.getAttribute('aria-label') ?? (document.activeElement.textContent.trim()"
                                + " || document.activeElement.id)")
                .textValue();
    }

    /** Presses Tab until something has the focus; fails when it can't be reached in this way. */
    public void tabTo(String words) {
        for (int presses = 0; presses < 100; presses++) {
            if (focused().startsWith(words)) {
                return;
            }
            press("Tab");
        }
        throw new AssertionError("Tab does not lead to '" + words + "'");
    }

    /** Returns what reaches beyond a width, so that it would have to be scrolled to: nothing may, but what scrolls by itself. */
    public List<String> widerThan(int width) {
        JsonNode found = evaluate(
                """
                [...document.querySelectorAll('body *')]
                  .filter(element => element.getBoundingClientRect().right > %d && !element.closest('pre *, .unseen, thead'))
                  .map(element => `${element.tagName} ${element.getAttribute('class')} ${element.textContent.trim().slice(0, 40)}`)
                """
                        .formatted(width));
        List<String> elements = new ArrayList<>();
        found.forEach(element -> elements.add(element.textValue()));
        int whole = evaluate("document.documentElement.scrollWidth").intValue();
        return elements.isEmpty() && whole > width ? List.of("the page has a width of " + whole) : elements;
    }

    /** Returns what the page has told of its errors: exceptions, failed requests, what the content security policy forbids. */
    public List<String> errors() {
        return Stream.concat(
                        devTools.events(session, "Runtime.exceptionThrown").stream()
                                .map(event -> event.get("exceptionDetails").toString()),
                        devTools.events(session, "Log.entryAdded").stream()
                                .map(event -> event.get("entry"))
                                .filter(entry -> entry.get("level").asText().equals("error"))
                                .map(entry -> entry.get("text").asText() + " "
                                        + entry.path("url").asText()))
                .toList();
    }

    /** Returns the addresses that were asked for something over the network: what begins with {@code data:} is in the page itself. */
    public List<URI> requests() {
        return devTools.events(session, "Network.requestWillBeSent").stream()
                .map(event -> event.get("request").get("url").asText())
                .filter(url -> !url.startsWith("data:"))
                .map(URI::create)
                .toList();
    }

    /** Writes a picture of the whole page. */
    public void picture(Path file) {
        JsonNode size = call("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
        JsonNode picture = call(
                "Page.captureScreenshot",
                Map.of(
                        "format",
                        "png",
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x", 0,
                                "y", 0,
                                "width", size.get("width").doubleValue(),
                                "height", size.get("height").doubleValue(),
                                "scale", 1)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(picture.get("data").textValue()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        return devTools.call(session, method, parameters);
    }
}
